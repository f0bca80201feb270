// Posting from the street. What is written is kept on the telephone before it is sent, and forgotten only when the
// office has it: a key made here lets the same post be sent again without being posted twice.

const form = document.querySelector("[data-live-form]");
const list = document.querySelector("[data-live-posts]");
const NEWS = 15_000, FIRST = 2000, LONGEST = 30_000;

async function refresh() {
  if (!list || document.hidden) return;
  const answer = await fetch(list.dataset.livePosts).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const html = await answer.text();
  if (list.dataset.shown !== html) { list.innerHTML = html; list.dataset.shown = html; }
}

// --- What is kept ----------------------------------------------------------------------------------------------

const opened = new Promise((done, fail) => {
  const asked = indexedDB.open("pregon-en-vivo", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("outbox", { keyPath: "key" });
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => fail(asked.error);
});

async function store(mode, act) {
  const database = await opened;
  return new Promise((done, fail) => {
    const deal = database.transaction("outbox", mode);
    const asked = act(deal.objectStore("outbox"));
    deal.oncomplete = () => done(asked.result);
    deal.onerror = deal.onabort = () => fail(deal.error);
  });
}

const outbox = document.querySelector("[data-live-outbox]");
const everything = () => store("readonly", (box) => box.getAll());
const kept = async () => (await everything())
  .filter(({ blog }) => blog === outbox.dataset.liveOutbox)
  .sort((a, b) => (a.written < b.written ? -1 : 1));
const keep = (post) => store("readwrite", (box) => box.put(post));
const forget = (key) => store("readwrite", (box) => box.delete(key));

// --- What is sent ----------------------------------------------------------------------------------------------

const WORDS = ["headline", "text", "person", "video", "seen"];
const said = outbox?.querySelector("[data-said]");
// The hour as the rest of the page writes it, wherever the telephone thinks it is; browsers write «06:08».
const CLOCK = outbox && new Intl.DateTimeFormat("es-MX", {
  hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: outbox.dataset.zone,
});
const hour = (moment) => CLOCK.format(moment).replace(/^0(?=\d:)/, "");
let sending = false, pause = FIRST, later;

// Whoever entered again in another tab has a new token, which this page was not written with.
function token() {
  const [, current] = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie) ?? [];
  return current ?? form.elements.csrfmiddlewaretoken.value;
}

function packed(post) {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", token());
  data.set("key", post.key);
  data.set("written_at", post.written);
  for (const name of WORDS) data.set(name, post[name]);
  if (post.photo) data.set("photo", post.photo, post.photoName);
  return data;
}

const hand = (post) => fetch(form.action, {
  method: "POST", headers: { Accept: "application/json" }, body: packed(post), redirect: "manual",
}).catch(() => null);

// What became of it: "sent", "refused" for a reason that more tries will not change, or a word of data-said.
async function send(post) {
  let answer = await hand(post), why = "";
  if (turnedAway(answer)) {
    why = await reason();
    if (why === "stale") answer = await hand(post);  // the page that was asked for brought a token that holds
  }
  if (!answer || why === "waiting" || answer.status === 429 || answer.status >= 500) return "waiting";
  if (answer.status === 201) { await forget(post.key); return "sent"; }
  if (answer.status === 422 || answer.status === 413) {
    const told = await answer.json().catch(() => null);
    await keep({ ...post, refused: told?.error || said.dataset.refused });
    return "refused";
  }
  return turnedAway(answer) ? why : "stale";
}

const turnedAway = (answer) => answer?.type === "opaqueredirect" || answer?.status === 403;

// A refusal does not say whom it means; the page itself, asked for anew, leads to the door, elsewhere, or is given.
async function reason() {
  const page = await fetch(form.action).catch(() => null);
  if (!page || page.status >= 500) return "waiting";
  if (new URL(page.url).pathname === outbox.dataset.door) return "session";
  return page.redirected || page.status === 403 ? "barred" : "stale";
}

async function flush() {
  if (sending) return;
  sending = true;
  clearTimeout(later);
  let end = "sent";
  for (const post of await kept()) {
    if (post.refused) { if (end === "sent") end = "refused"; continue; }
    const became = await send(post);
    if (became === "sent") { pause = FIRST; continue; }
    end = became;
    if (became !== "refused") break;  // the next ones would fare no better
  }
  sending = false;
  await show(end);
  if (end === "waiting") { later = setTimeout(flush, pause); pause = Math.min(pause * 2, LONGEST); }
  await refresh();
}

async function show(end) {
  const posts = await kept();
  outbox.hidden = !posts.length;
  said.textContent = said.dataset[end] ?? "";
  for (const way of outbox.querySelectorAll("[data-when]")) way.hidden = way.dataset.when !== end;
  outbox.querySelector("ol").replaceChildren(...posts.map(row));
}

function row(post) {
  const item = outbox.querySelector("template").content.firstElementChild.cloneNode(true);
  const written = new Date(post.written);
  item.querySelector("time").textContent = hour(written);
  item.querySelector(".live-text").textContent = form
    ? post.headline || post.text || post.seen || post.photoName || post.video
    : WORDS.map((name) => post[name]).filter(Boolean).join("\n");
  item.querySelector("[data-why]").textContent = (form && post.refused) ?? "";
  item.querySelector(".live-choices").hidden = form && !post.refused;
  item.querySelector("[data-again]").hidden = !form;
  item.querySelector("[data-again]").addEventListener("click", () => takeBack(post));
  const save = item.querySelector("[data-save]");
  save.hidden = form || !post.photo;
  if (!save.hidden) Object.assign(save, { href: URL.createObjectURL(post.photo), download: post.photoName });
  const drop = item.querySelector("[data-drop]");
  drop.addEventListener("click", async () => {
    if (!window.confirm(drop.dataset.sure)) return;
    await forget(post.key);
    await (form ? flush() : show("over"));
  });
  return item;
}

// Back into the form, photo and all.
async function takeBack(post) {
  for (const name of WORDS) {
    form.elements[name].value = post[name];
    form.elements[name].dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (post.photo) {
    const carried = new DataTransfer();
    carried.items.add(new File([post.photo], post.photoName, { type: post.photo.type }));
    form.elements.photo.files = carried.files;
  }
  form.querySelector("details").open ||= Boolean(post.headline || post.person || post.video);
  await forget(post.key);
  await flush();
  form.elements.text.focus();
}

// --- The form --------------------------------------------------------------------------------------------------

// RFC 9562, version 4. The browser's own is only there under https, and an office may try it in its own network.
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function written() {
  const { elements } = form;
  const [photo] = elements.photo.files;
  const post = { key: newKey(), blog: form.dataset.liveForm, written: new Date().toISOString() };
  for (const name of WORDS) post[name] = elements[name].value.trim();
  // A copy of its own: the file behind a chosen photo may be gone when the signal is back.
  if (photo) Object.assign(post, { photo: new Blob([await photo.arrayBuffer()], { type: photo.type }), photoName: photo.name });
  return post;
}

if (form && "indexedDB" in window) {
  let keeping = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (keeping) return;  // a second tap while the first is being written down
    const { text, headline, person, video, photo, seen } = form.elements;
    if (![text, headline, video, photo].some(({ value }) => value.trim())) { text.focus(); return; }
    const long = form.querySelector("[data-is-too-long]");
    if (long) { long.closest("details")?.setAttribute("open", ""); long.focus(); return; }  // it says so itself
    seen.required = Boolean(photo.value);
    text.required = Boolean(person.value.trim());
    if (!seen.reportValidity() || !text.reportValidity()) return;
    keeping = form.inert = true;  // nor is anything typed now that would be cleared with it
    const done = await written().then(keep).then(() => true, () => false);
    keeping = form.inert = false;
    if (!done) { form.submit(); return; }  // a telephone that keeps nothing posts as without this script
    form.reset();
    text.focus();
    await flush();
  });
  addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => !document.hidden && flush());
  flush();
} else if (outbox && "indexedDB" in window) {
  show("over");  // closed before it all came through: what is here is nowhere else
}

// --- The list of coverages -------------------------------------------------------------------------------------

// Whoever does not open a coverage again would not learn that something of it never left.
const shelf = document.querySelector("[data-live-kept]");

async function tellWhatWaits() {
  const many = {};
  for (const { blog } of await everything()) many[blog] = (many[blog] ?? 0) + 1;
  shelf.querySelector("div").replaceChildren(...Object.entries(many).map(([blog, count]) => {
    const line = shelf.querySelector("template").content.firstElementChild.cloneNode(true);
    const link = line.querySelector("a"), path = shelf.dataset.liveKept.replace("/0/", `/${blog}/`);
    link.href = path;
    const listed = [...document.querySelectorAll(".desk-rows a")].find(({ pathname }) => pathname === path);
    if (listed) link.textContent = listed.textContent;
    line.querySelector("span").textContent = count === 1 ? shelf.dataset.one : shelf.dataset.several.replace("%s", count);
    return line;
  }));
  shelf.hidden = !Object.keys(many).length;
}

if (shelf && "indexedDB" in window) addEventListener("pageshow", tellWhatWaits);
setInterval(refresh, NEWS);
