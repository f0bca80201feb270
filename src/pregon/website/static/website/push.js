// Notices in the browser: on the page of the subscription, and in the small box of others, whose link leads there
// wherever no script runs or the browser cannot.
const box = document.querySelector("[data-push-box]");

const wished = new URLSearchParams(location.search);
for (const name of ["temas", "localidades"]) {
  for (const value of wished.getAll(name)) {
    const found = document.querySelector(`input[name=${name}][value="${CSS.escape(value)}"]`);
    if (found) found.checked = true;
  }
}

if (box && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  const part = (name) => box.querySelector(`[data-push=${name}]`);
  const [on, off, more, said, open, panel] = ["on", "off", "more", "said", "open", "panel"].map(part);
  const words = said.dataset;
  let key = box.dataset.pushKey;

  const show = (subscribed, sentence = "") => {
    on.hidden = subscribed;
    off.hidden = !subscribed;
    more.hidden = !subscribed || !more.hasAttribute("href");
    said.textContent = sentence;
  };
  const post = async (path, told) => {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(told),
    });
    const heard = answer.status === 204 ? {} : await answer.json();
    if (!answer.ok) throw new Error(heard.error);
    return heard;
  };
  const chosen = (name) => [...document.querySelectorAll(`input[name=${name}]:checked`)].map((one) => one.value);
  const current = async () => {
    const worker = await navigator.serviceWorker.getRegistration("/");
    return worker && worker.pushManager.getSubscription();
  };
  const once = (button, act) => button.addEventListener("click", async () => {
    button.disabled = true;
    try { await act(); } catch (problem) { said.textContent = problem.message || words.failed; }
    button.disabled = false;
  });

  once(on, async () => {
    if (await Notification.requestPermission() !== "granted") { show(false, words.denied); return; }
    await navigator.serviceWorker.register("/avisos.js");
    const worker = await navigator.serviceWorker.ready;
    const former = await worker.pushManager.getSubscription();
    const adding = Boolean(former && open);
    if (former && !adding) await former.unsubscribe();  // it may have been made with another key
    const subscription = adding ? former : await worker.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: key,
    });
    try {
      const heard = await post("/suscripcion/avisos/", {
        subscription, temas: chosen("temas"), localidades: chosen("localidades"), add: adding,
      });
      more.href = heard.preferencias;
    } catch (problem) {
      if (!adding) await subscription.unsubscribe();
      throw problem;
    }
    show(true, words.done);
  });

  once(off, async () => {
    const subscription = await current();
    if (subscription) {
      await post("/suscripcion/avisos/baja/", { subscription });
      await subscription.unsubscribe();
    }
    show(false, words.left);
  });

  if (open) {
    open.addEventListener("click", async (event) => {
      event.preventDefault();
      try {
        ({ key } = await (await fetch("/suscripcion/avisos.json")).json());
      } catch { key = ""; }
      if (!key) { location.href = open.href; return; }
      open.hidden = true;
      panel.hidden = false;
      on.focus();
    });
  } else {
    show(Boolean(await current()));
    box.hidden = false;
  }
}
