{% load i18n static %}// The one worker of the site: it shows the notices of the office, and keeps what is read without a connection.
// Pages are asked of the network first, so that a correction is seen at once; a kept copy says that it is one.
const office = "{{ office.name|escapejs }}";
const zone = "{{ office.time_zone|escapejs }}";
const words = {
  preferences: "{% filter escapejs %}{% translate 'Preferencias' %}{% endfilter %}",
  offline: "{% filter escapejs %}{% translate 'Sin conexión: guardado el {day} a las {hour} h.' %}{% endfilter %}",
  newest: "{% filter escapejs %}{% translate 'Ver lo más reciente' %}{% endfilter %}",
  slow: "{% filter escapejs %}{% translate 'La conexión tarda: guardado el {day} a las {hour} h.' %}{% endfilter %}",
};
const version = "{version}";
const prefix = "pregon-";
const shelves = { pages: `${prefix}${version}-pages`, files: `${prefix}${version}-files`, photos: `${prefix}${version}-photos` };
const most = { pages: 40, files: 30, photos: 60 };
const heaviestPhoto = 500000;
const list = "/sin-conexion.json", offline = "/sin-conexion/";
const shell = [offline, "/marca.css", "/escudo.svg", "{% static 'website/pregon.css' %}", "{% static 'website/pregon.js' %}"];
const alterable = ["/marca.css", "/escudo.svg", "/escudo.png"];
const hashed = /^\/static\/.+\.[0-9a-f]{12}\.[^./]+$/;
const patience = 3000, rest = 15 * 60 * 1000;
const stamp = "X-Pregon-Kept";
const bannerOf = /(<div id="avisos"[^>]*>)([^]*?)(?=<\/div>)/;

// --- What is kept ---

// Only what was baked for everybody says "public": a page behind a signed link, a search or the desk never does.
const keepable = (answer) => answer.status === 200 && answer.type === "basic" && !answer.redirected
  && /\bpublic\b/.test(answer.headers.get("Cache-Control") || "");

async function keep(shelf, key, answer) {
  if (!keepable(answer)) return;
  const headers = new Headers(answer.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  headers.set(stamp, String(Date.now()));
  const kept = await caches.open(shelves[shelf]);
  try {
    await kept.put(key, new Response(await answer.arrayBuffer(), { headers }));
  } catch { return; /* the device has no room left: what is kept stays */ }
  await trim(shelf, kept);
}

async function trim(shelf, kept) {
  const keys = await kept.keys();
  if (keys.length <= most[shelf]) return;
  const told = await listed();
  const listedToo = new Set([list, ...shell, ...Object.keys(told.paginas)]);
  const spare = keys.filter((request) => !listedToo.has(new URL(request.url).pathname));
  await Promise.all(spare.slice(0, keys.length - most[shelf]).map((request) => kept.delete(request)));
}

async function find(shelf, key) {
  return (await caches.open(shelves[shelf])).match(key);
}

// A page that was taken back goes, and its photos with it.
async function forget(path) {
  const page = await find("pages", path);
  if (!page) return;
  await (await caches.open(shelves.pages)).delete(path);
  const shown = new Set((await page.text()).match(/\/fotos\/[^/"\s]+\//g));
  const photos = await caches.open(shelves.photos);
  for (const request of await photos.keys()) {
    const at = new URL(request.url).pathname;
    if ([...shown].some((folder) => at.startsWith(folder))) await photos.delete(request);
  }
}

async function learn(path, answer) {
  if (answer.status === 404 || answer.status === 410) await forget(path);
  else await keep("pages", path, answer);
}

async function listed() {
  const kept = await find("pages", list);
  return kept ? kept.json() : { paginas: {}, retirados: [] };
}

const isAlert = (path) => path.startsWith("/alertas/");
// The list may be ahead of a page that it names: whether the copy was made since that changed, to the second.
const madeAt = (copy) => Date.parse(copy.headers.get("Last-Modified"));
const isFresh = (copy, changed) => copy && !(madeAt(copy) < Date.parse(changed) - 999);

// Alerts, the last bulletins, the agenda and what else the list names; only what changed is asked for again. Answers
// whether all that tells of alerts is what it should be.
async function gather() {
  const answer = await fetch(list, { cache: "no-cache" });
  if (!answer.ok) return false;
  const before = await listed(), now = await answer.clone().json();
  for (const path of now.retirados) await forget(path);
  const thrifty = self.navigator.connection && self.navigator.connection.saveData;
  const former = { ...before.paginas, ...before.terminadas };
  let whole = true;
  for (const [path, changed] of Object.entries({ ...now.paginas, ...now.terminadas })) {
    const copy = await find("pages", path);
    if (changed && thrifty && !isAlert(path)) continue;
    if (changed && former[path] === changed && isFresh(copy, changed)) continue;
    if (!copy && !(path in now.paginas)) continue;
    await learn(path, await fetch(path, { cache: "no-cache" }));
    if (changed && isAlert(path) && !isFresh(await find("pages", path), changed)) whole = false;
  }
  await keep("pages", list, answer);
  return whole;
}

// A page with another banner than the list knew of tells of an alert, as the hour tells of the rest.
async function refresh(page) {
  const kept = await find("pages", list);
  const [, , banner] = bannerOf.exec(page) || [];
  if (!kept || Date.now() - Number(kept.headers.get(stamp)) > rest) await gather();
  else if (banner !== undefined && banner.trim() !== (await kept.json()).avisos) await gather();
}

// A page that is open heard of an alert. What tells of it is made in the moments that follow, and asked for until it
// is there; not by thousands in the same instant.
async function follow(banner) {
  for (const pause of [500, 2000, 5000, 15000, 45000]) {
    await new Promise((resolve) => { setTimeout(resolve, pause * (0.5 + Math.random())); });
    const whole = await gather().catch(() => false);
    if (whole && (await listed()).avisos === banner) return;
  }
}

// A new version takes over at once: a page that is open has all it needs, and what it asks for next is answered by
// the network first whoever is in charge. Its subscription to notices belongs to the registration and stays.
// Without a connection the installation fails as a whole, and the former version keeps what it has.
self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    for (const path of shell) {
      const answer = await fetch(path, { cache: hashed.test(path) ? "default" : "no-cache" });
      if (!answer.ok) throw new Error(path);
      await keep(path.endsWith("/") ? "pages" : "files", path, answer);
    }
    await gather();
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const current = Object.values(shelves);
    const old = (await caches.keys()).filter((name) => name.startsWith(prefix) && !current.includes(name));
    await Promise.all(old.map((name) => caches.delete(name)));
  })());
});

self.addEventListener("message", (event) => {
  if (event.data && "alert" in event.data) event.waitUntil(follow(event.data.alert));
  const paths = (event.data && event.data.keep || []).slice(0, most.photos);
  event.waitUntil((async () => {
    for (const path of paths) {
      if (path.startsWith("/fotos/")) await keepPhoto(path, await fetch(path));
      else if (path.endsWith("/")) await learn(path, await fetch(path));
    }
  })().catch(() => {}));
});

// --- What is answered ---

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin || pathname.startsWith("/escritorio")) return;
  if (request.mode === "navigate") {
    if (pathname.endsWith("/")) answerPage(event, pathname);
  } else if (hashed.test(pathname)) {
    event.respondWith(answerHashed(request, pathname));
  } else if (alterable.includes(pathname)) {
    answerFile(event, pathname, (answer) => keep("files", pathname, answer), () => find("files", pathname));
  } else if (pathname.startsWith("/fotos/") && request.destination === "image") {
    answerFile(event, pathname, (answer) => keepPhoto(pathname, answer), () => keptPhoto(pathname));
  }
});

const late = () => new Promise((resolve) => { setTimeout(resolve, patience); });

function answerPage(event, path) {
  const network = fetch(event.request);  // as it came: what is altered is a navigation no more, and counted as none
  let copied = "";
  event.waitUntil(network.then(async (answer) => {
    const learnt = answer.clone();
    await learn(path, answer.clone());
    const text = await learnt.text();
    if (copied && keepable(learnt) && text !== copied) {
      const page = await self.clients.get(event.resultingClientId);
      if (page) page.postMessage({ newer: true });
    }
    await refresh(text);
  }).catch(() => {}));
  event.respondWith((async () => {
    try {
      const answer = await Promise.race([network, late()]);
      const copy = !answer || answer.status >= 500 ? await find("pages", path) : undefined;
      if (!copy) return answer || await network;
      copied = await copy.clone().text();
      return await marked(copy, words.slow);
    } catch {
      const copy = await find("pages", path);
      return copy && path !== offline ? marked(copy, words.offline) : missing();
    }
  })());
}

// A copy shows the alerts that the list tells of: those that went out since it was made, and none that ended.
async function alerted(copy) {
  const html = await copy.text(), told = await find("pages", list);
  if (!told || madeAt(told) < madeAt(copy)) return html;
  const { avisos } = await told.json();
  return avisos === undefined ? html : html.replace(bannerOf, (all, begins) => begins + avisos);
}

// The note stands in the copy itself, so that it is read where no script runs.
async function marked(copy, sentence) {
  const moment = new Date(Number(copy.headers.get(stamp)));
  const said = (parts) => new Intl.DateTimeFormat("es-MX", { timeZone: zone, ...parts }).format(moment);
  const note = sentence.replace("{day}", said({ day: "numeric", month: "long" }))
    .replace("{hour}", said({ hour: "numeric", minute: "2-digit", hourCycle: "h23" }).replace(/^0(?=\d:)/, ""));
  const html = (await alerted(copy))
    .replace(/<main\b/, (main) => `<div class="kept-note" role="status" data-newest="${words.newest}"><div class="wrap"><p>${note}</p></div></div>${main}`);
  return new Response(html, { headers: copy.headers });
}

async function missing() {
  const page = await find("pages", offline);
  if (!page) return Response.error();
  const pages = await caches.open(shelves.pages);
  const order = Object.keys((await listed()).paginas);
  const place = (path) => (order.includes(path) ? order.indexOf(path) : order.length);
  const paths = (await pages.keys()).map((request) => new URL(request.url).pathname)
    .filter((path) => path.endsWith("/") && path !== offline).sort((one, other) => place(one) - place(other));
  const links = await Promise.all(paths.map(async (path) => {
    const [, title] = /<title>([^<]*)<\/title>/.exec(await (await pages.match(path)).text()) || [];
    return title ? `<li><a href="${path}">${title.replace(/ · [^·]*$/, "")}</a></li>` : "";
  }));
  const html = (await alerted(page)).replace('<ul class="kept-list"></ul>', () => `<ul class="kept-list">${links.join("")}</ul>`);
  return new Response(html, { status: 503, headers: page.headers });
}

async function answerHashed(request, path) {
  const kept = await find("files", path);
  if (kept) return kept;
  const answer = await fetch(request);
  await keep("files", path, answer.clone());
  return answer;
}

// Colours, seal and photos can be changed or taken back: the network first for them too.
function answerFile(event, path, learned, found) {
  const network = fetch(event.request);
  event.waitUntil(network.then((answer) => learned(answer.clone())).catch(() => {}));
  event.respondWith((async () => {
    try {
      return await Promise.race([network, late()]) || await found() || await network;
    } catch {
      return await found() || Response.error();
    }
  })());
}

async function keepPhoto(path, answer) {
  if (answer.status === 404 || answer.status === 410) await (await caches.open(shelves.photos)).delete(path);
  else if (Number(answer.headers.get("Content-Length")) <= heaviestPhoto) await keep("photos", path, answer);
}

// Any size of the same photo is better than none.
async function keptPhoto(path) {
  const same = await find("photos", path);
  if (same) return same;
  const photos = await caches.open(shelves.photos);
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const other = (await photos.keys()).find((request) => new URL(request.url).pathname.startsWith(folder));
  return other && photos.match(other);
}

// --- Notices ---

self.addEventListener("push", (event) => {
  let told = {};
  try { told = event.data.json(); } catch { /* a browser wants something shown for every push */ }
  event.waitUntil(self.registration.showNotification(told.title || office, {
    body: told.body || "",
    icon: told.icon,
    tag: told.tag,
    renotify: Boolean(told.tag && told.urgent),
    requireInteraction: Boolean(told.urgent),
    lang: "es-MX",
    data: { url: told.url || "/", preferences: told.preferences },
    actions: told.preferences ? [{ action: "preferences", title: words.preferences }] : [],
  }));
  event.waitUntil(gather().catch(() => {}));  // what the notice tells of is then read without a connection too
});

self.addEventListener("notificationclick", (event) => {
  const { url, preferences } = event.notification.data;
  const wanted = new URL(event.action === "preferences" ? preferences : url, self.location.origin).href;
  event.notification.close();
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const there = open.find((page) => page.url === wanted);
    return there ? there.focus() : self.clients.openWindow(wanted);
  })());
});

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil((async () => {
    const former = event.oldSubscription;
    const options = former && former.options;
    const subscription = event.newSubscription || (options && await self.registration.pushManager.subscribe(options));
    if (!subscription) return;
    await fetch("/suscripcion/avisos/", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ subscription, former }),
    });
  })());
});
