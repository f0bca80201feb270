// What pages do by themselves: show what just happened, keep themselves for when there is no connection, copy their
// address. All of it is extra: every page is complete without this script, and is baked anew with whatever it would have shown.

const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });
const settled = (html) => { const box = document.createElement("template"); box.innerHTML = html; return box.innerHTML.trim(); };
// Only what changed is written: a screen reader would say again what it said already.
const write = (place, html) => {
  const other = Boolean(place) && place.innerHTML.trim() !== settled(html);
  if (other) place.innerHTML = html;
  return other;
};
const about = (ms) => ms * (0.75 + Math.random() / 2);  // so that thousands do not come back in the same instant

// --- Hearing a stream ------------------------------------------------------------------------------------------

const KINDS = ["state", "summary", "post", "alert", "news"];
const SILENCE = 45_000, POLL = 20_000, RETRY = 60_000, GREETING = 1500;
// A browser keeps six lines to a server that speaks HTTP/1.1, for all its tabs: one that nobody looks at holds none.
const UNSEEN = 5000;

// Every telling of a stream has the next number of its epoch. A page that knows all it has heard takes the next one;
// in any other case it takes the snapshot, which says how far it goes, and hears on from there.
class Stream {
  constructor(name, page) {
    Object.assign(this, { name, page, mark: null, source: null, sign: 0, queue: Promise.resolve() });
    document.addEventListener("visibilitychange", () => this.seen(!document.hidden));
    addEventListener("pagehide", () => this.hush());
    addEventListener("pageshow", (event) => event.persisted && this.begin());
    addEventListener("online", () => this.begin());
    addEventListener("offline", () => page.linked("away"));
    setInterval(() => this.watch(), 10_000);
  }

  begin() {
    this.hush();
    this.inTurn(async () => { await this.catchUp(); this.listen(); });
  }

  // One thing after another: what arrives while a snapshot is on its way is judged once that is here.
  inTurn(act) { this.queue = this.queue.then(act).catch(() => {}); return this.queue; }

  hush() { this.source?.close(); this.source = null; clearTimeout(this.later); }

  seen(visible) {
    clearTimeout(this.unseen);
    if (visible) { if (!this.source) this.begin(); } else this.unseen = setTimeout(() => this.hush(), UNSEEN);
  }

  watch() {
    if (document.hidden || this.ended || !this.source || Date.now() - this.sign < SILENCE) return;
    this.begin();  // the line is dead and nobody said so
  }

  listen() {
    if (this.ended || this.source || document.hidden) return;
    const from = this.mark ? `?desde=${this.mark.epoch}.${this.mark.number}` : "";
    const source = this.source = new EventSource(`/vivo/${this.name}${from}`);
    this.sign = Date.now();
    let answered = false;
    setTimeout(() => {
      if (this.source !== source || answered) return;
      this.poll();  // somebody on the way keeps the line back, and never says no
      this.inTurn(() => this.catchUp());
    }, POLL);
    source.addEventListener("open", () => {
      answered = true;
      this.page.linked("live");
      this.greeted = false;
      // Our own hub greets, and begins where we said; nginx does neither, so the snapshot closes the gap.
      setTimeout(() => this.source === source && !this.greeted && this.inTurn(() => this.catchUp()), GREETING);
    });
    source.addEventListener("error", () => {
      if (this.source !== source) return;
      answered = true;
      if (source.readyState === EventSource.CLOSED) this.poll(); else this.page.linked("away");
    });
    const hear = (kind, act) => source.addEventListener(kind, (event) => { this.sign = Date.now(); act(event); });
    hear("beat", () => {});
    hear("here", () => { this.greeted = true; });
    hear("again", (event) => this.inTurn(() => this.catchUp(JSON.parse(event.data))));
    for (const kind of KINDS) hear(kind, (event) => this.inTurn(() => this.take(kind, JSON.parse(event.data))));
  }

  async take(kind, told) {
    if (told.epoch !== this.mark?.epoch || told.number > this.mark.number + 1) return this.catchUp(told);
    if (told.number <= this.mark.number) return undefined;
    this.mark = { epoch: told.epoch, number: told.number };
    return this.page.hear(kind, told);
  }

  // Take the snapshot. One that is not baked yet lacks what we have heard of: it is asked for again, and what the page
  // shows already is not taken back by it.
  async catchUp(heard) {
    for (const pause of [400, 800, 1600, 3200, 0]) {
      const snapshot = await this.asked().catch(() => null);
      if (this.ended) return;
      if (!snapshot) { this.page.linked("away"); return; }
      const lacks = (mark) => mark && snapshot.epoch === mark.epoch && snapshot.number < mark.number;
      if (!lacks(this.mark)) {
        this.mark = { epoch: snapshot.epoch, number: snapshot.number };
        await this.page.resync(snapshot);
      }
      if (!lacks(heard)) return;
      await wait(pause);
    }
  }

  // What answers in our place, as the door of a hotel's network does, is not taken for the snapshot; nor is it waited
  // for without end, since all that comes after waits behind it.
  async asked() {
    const answer = await fetch(`/vivo/${this.name}.json`, { cache: "no-cache", signal: AbortSignal.timeout?.(POLL) });
    if (answer.status === 410) { this.end(); this.page.gone?.(); }
    return answer.ok ? answer.json() : null;
  }

  // Where events do not pass, the snapshot is asked for now and then; and now and then, whether they do.
  poll() {
    this.hush();
    this.page.linked("polling");
    const end = Date.now() + about(RETRY);
    const again = () => {
      this.later = setTimeout(async () => {
        if (this.ended || this.source) return;
        if (!document.hidden) await this.inTurn(() => this.catchUp());
        if (Date.now() > end) this.listen(); else again();
      }, about(POLL));
    };
    again();
  }

  end() { this.ended = true; this.hush(); }
}

// --- What any page shows ---------------------------------------------------------------------------------------

const page = {
  linked() {},
  hear(kind, told) {
    if (kind === "alert") { this.alerts(told.html); this.keep(told.html); }
    if (kind === "news") this.news(told);
  },
  resync(snapshot) { if ("alerts" in snapshot && this.alerts(snapshot.alerts)) this.keep(snapshot.alerts); },
  alerts(html) { return write(document.getElementById("avisos"), html); },
  // What an alert says is needed most where the connection goes next.
  keep(alert) { navigator.serviceWorker?.ready.then(({ active }) => active.postMessage({ alert })); },
  news({ url, title }) {
    const pill = document.getElementById("boletin-nuevo");
    if (!pill) return;
    const link = pill.querySelector("a");
    link.href = url;
    link.querySelector("span").textContent = title;
    pill.hidden = false;
  },
};

// --- What a live coverage shows --------------------------------------------------------------------------------

class Coverage {
  constructor(list) {
    this.list = list;
    this.waiting = new Map();
    this.told = 0;
    this.parts = Object.fromEntries(["estado", "esencial", "enlace"].map((name) => [name, document.getElementById(`en-vivo-${name}`)]));
    this.pill = document.getElementById("novedades");
    this.said = document.getElementById("novedades-dichas");
    this.none = document.getElementById("sin-publicaciones");
    this.pill.addEventListener("click", () => this.show({ go: true }));
    addEventListener("scroll", () => this.waiting.size && this.atTop() && this.show(), { passive: true });
  }

  linked(how) { if (this.parts.enlace) this.parts.enlace.textContent = this.parts.enlace.dataset[how]; }

  hear(kind, told) {
    if (kind === "post") { this.take(told); this.after(); }
    else if (kind === "summary") write(this.parts.esencial, told.html);
    else if (kind === "state") this.state(told);
    else page.hear(kind, told);
  }

  async resync(snapshot) {
    page.resync(snapshot);
    write(this.parts.esencial, snapshot.summary);
    for (const post of [...snapshot.posts].reverse()) this.take(post);
    for (const article of this.articles()) if (!(article.dataset.id in snapshot.versions)) article.remove();
    for (const id of this.waiting.keys()) if (!(id in snapshot.versions)) this.waiting.delete(id);
    const lacking = Object.entries(snapshot.versions).some(([id, version]) => this.version(id) < version);
    if (lacking) await this.whole();
    this.after();
    this.state(snapshot.state);
  }

  // Away for so long that the snapshot does not go back to it: the page itself has everything.
  async whole() {
    const answer = await fetch(location.pathname, { cache: "no-cache" }).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const article of fresh.querySelectorAll("#publicaciones > article")) {
      this.take({ id: article.dataset.id, version: Number(article.dataset.version), html: article.outerHTML });
    }
  }

  articles() { return this.list.querySelectorAll(":scope > article"); }
  article(id) { return this.list.querySelector(`:scope > article[data-id="${Number(id)}"]`); }
  version(id) { return this.waiting.get(String(id))?.version ?? Number(this.article(id)?.dataset.version ?? 0); }

  take(post) {
    const id = String(post.id);
    if (this.version(id) >= post.version) return;
    const there = this.article(id);
    if (!post.html) { there?.remove(); this.waiting.delete(id); }
    else if (there) there.replaceWith(this.built(post, "changed"));
    else this.waiting.set(id, post);
  }

  built(post, mark) {
    const box = document.createElement("template");
    box.innerHTML = post.html;  // put into words and escaped by our own server, like the page itself
    const article = box.content.firstElementChild;
    article.classList.add(mark);
    return article;
  }

  // Whoever reads further down keeps their place and is told how many wait above.
  after() {
    const count = this.waiting.size;
    if (count !== this.told) this.say(count);
    if (count && this.atTop()) { this.show(); return; }
    this.pill.hidden = !count;
    this.none.hidden = Boolean(count || this.list.firstElementChild);
  }

  // Said to whoever listens, too, wherever they read: once for each number, and anew when it is the same as last time.
  say(count) {
    this.told = count;
    const { one, many } = this.pill.dataset;
    const words = count === 1 ? one : many.replace("%s", count);
    if (count) this.pill.textContent = words;
    this.said.replaceChildren(...(count ? [words] : []));
  }

  atTop() { return this.list.getBoundingClientRect().top >= 0; }

  show({ go = false } = {}) {
    let newest = null;
    for (const post of this.waiting.values()) {
      const article = this.built(post, "new");
      const { at, id } = article.dataset;
      const next = [...this.articles()].find(({ dataset }) => dataset.at - at < 0 || (dataset.at === at && dataset.id - id < 0));
      this.list.insertBefore(article, next ?? null);
      if (!newest || article.dataset.at >= newest.dataset.at) newest = article;
    }
    this.waiting.clear();
    this.told = 0;
    this.after();
    if (!go || !newest) return;
    newest.tabIndex = -1;
    newest.focus({ preventScroll: true });
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.list.scrollIntoView({ behavior: calm ? "auto" : "smooth" });
  }

  // The office took it back, and with it what is read here.
  gone() {
    this.list.replaceChildren();
    this.waiting.clear();
    for (const part of [this.parts.estado, this.parts.esencial]) part.replaceChildren();
    this.after();
    this.none.textContent = this.none.dataset.gone;
    this.none.hidden = false;
    this.linked("gone");
    follow(SITE, page);
  }

  // A coverage that is over has no more to say; alerts are told to it as to any other page.
  state({ state, html }) {
    write(this.parts.estado, html);
    if (this.parts.enlace) this.parts.enlace.parentElement.hidden = state === "cerrada";
    if (state === "cerrada" && stream.name !== SITE) { stream.end(); follow(SITE, page); }
  }
}

// --- Beginning -------------------------------------------------------------------------------------------------

const SITE = "sitio";
let stream;

function follow(name, whom) {
  stream = new Stream(name, whom);
  stream.begin();
}

if ("EventSource" in window && document.body.dataset.stream) {
  const list = document.getElementById("publicaciones");
  const begin = () => follow(document.body.dataset.stream, list && document.body.dataset.stream !== SITE ? new Coverage(list) : page);
  // Reading comes first: whatever the page itself needs is here by then.
  if (document.readyState === "complete") begin(); else addEventListener("load", begin, { once: true });
}

// --- Reading without a connection, and the hint that the site can be installed ---------------------------------

const idle = window.requestIdleCallback || ((act) => setTimeout(act, 200));

// After all else: what is kept for later must not slow what is read now. A copy below the address of another site has
// no stream, and installs nothing there.
async function register() {
  const before = navigator.serviceWorker.controller;
  await navigator.serviceWorker.register("/avisos.js");
  if (before) return;
  const { active } = await navigator.serviceWorker.ready;
  const photos = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
  active.postMessage({ keep: [location.pathname, ...photos.filter((path) => path.startsWith("/fotos/"))] });
}

if ("serviceWorker" in navigator && document.body.dataset.stream && !location.pathname.startsWith("/escritorio")) {
  const soon = () => idle(() => register().catch(() => {}));
  if (document.readyState === "complete") soon(); else addEventListener("load", soon, { once: true });

  // A kept copy offers the newest as soon as there is a connection; it never changes under the reader's eyes.
  const note = document.querySelector("[data-newest]");
  const offer = () => {
    if (!note || note.querySelector("a")) return;
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = note.dataset.newest;
    note.querySelector("p").append(" ", link);
  };
  navigator.serviceWorker.addEventListener("message", ({ data }) => { if (data && data.newer) offer(); });
  addEventListener("online", offer);
}

const hint = document.querySelector("[data-install]");
const refused = "pregon-sin-instalar";
const known = () => { try { return localStorage.getItem(refused); } catch { return "yes"; } };

if (hint) {
  let prompt;
  const close = () => {
    hint.hidden = true;
    try { localStorage.setItem(refused, "yes"); } catch { /* then the browser asks no more this time */ }
  };
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    prompt = event;
    hint.hidden = Boolean(known());
  });
  addEventListener("appinstalled", close);
  hint.querySelector("[data-install-yes]").addEventListener("click", async () => {
    await prompt.prompt();
    close();
  });
  hint.querySelector("[data-install-no]").addEventListener("click", close);
}

// --- Copying the address ---------------------------------------------------------------------------------------

for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 2500);
  });
}

for (const button of navigator.share ? document.querySelectorAll("[data-share]") : []) {
  button.hidden = false;
  button.addEventListener("click", () => {
    // Whoever thinks better of it has done nothing wrong.
    navigator.share({ title: button.dataset.title, url: button.dataset.share }).catch(() => {});
  });
}

// A page names its scripts from where it stands, which need not be where this one does.
const bring = (script) => import(new URL(script, document.baseURI));

// A page that is only read asks for no more: suggestions come once somebody types, notices once their box is seen.
for (const bar of document.querySelectorAll("[data-suggest]")) {
  bar.addEventListener("keydown", () => bring(bar.dataset.script).catch(() => {}), { once: true });
}
for (const box of document.querySelectorAll("[data-stream] [data-push-box]")) {
  const come = () => bring(box.dataset.script).catch(() => {});  // without a connection the link of the box serves
  if (box.hidden) { addEventListener("load", () => idle(come), { once: true }); continue; }
  const seen = new IntersectionObserver(([{ isIntersecting }]) => {
    if (isIntersecting) { seen.disconnect(); come(); }
  }, { rootMargin: "200px" });
  seen.observe(box);
}

// Photos one by one, and moments of a recording: each link leads to the file itself, and to what is better once the
// script for it is there.
const instead = (links, script) => {
  for (const link of links) {
    link.addEventListener("click", async (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const there = await bring(script).catch(() => null);
      if (there) there.open(link); else location.assign(link.href);
    });
  }
};
const viewer = document.querySelector(".viewer");
if (viewer && "showModal" in viewer) instead(document.querySelectorAll(".wall figure > a"), viewer.dataset.script);
const player = document.querySelector("[data-player]");
if (player) {
  // A poster fills its frame until the video, of whatever shape, takes its place.
  const film = player.querySelector("video[poster]");
  if (film) {
    film.classList.add("resting");
    film.addEventListener("play", () => film.classList.remove("resting"), { once: true });
  }
  instead(document.querySelectorAll("[data-at]"), player.dataset.player);
  if (/^#t=\d/.test(location.hash)) bring(player.dataset.player);
}
