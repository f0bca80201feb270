// Reading without a connection, and the hint that the site can be installed. Every page is whole without it.
const wait = window.requestIdleCallback || ((act) => setTimeout(act, 200));

// After all else: what is kept for later must not slow what is read now.
async function register() {
  const before = navigator.serviceWorker.controller;
  await navigator.serviceWorker.register("/avisos.js");
  if (before) return;
  const { active } = await navigator.serviceWorker.ready;
  const photos = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
  active.postMessage({ keep: [location.pathname, ...photos.filter((path) => path.startsWith("/fotos/"))] });
}

if ("serviceWorker" in navigator && !location.pathname.startsWith("/escritorio")) {
  const soon = () => wait(() => register().catch(() => {}));
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
