// The button appears only where the browser can show notices; everything else on the page needs no script.
const box = document.querySelector("[data-push-key]");

if (box && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  const [on, off, more, said] = ["on", "off", "more", "said"].map((name) => box.querySelector(`[data-push=${name}]`));
  const words = said.dataset;

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
    const stale = await worker.pushManager.getSubscription();
    if (stale) await stale.unsubscribe();  // it may have been made with another key
    const subscription = await worker.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: box.dataset.pushKey,
    });
    try {
      const heard = await post("/suscripcion/avisos/", {
        subscription, temas: chosen("temas"), localidades: chosen("localidades"),
      });
      more.href = heard.preferencias;
    } catch (problem) {
      await subscription.unsubscribe();
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

  show(Boolean(await current()));
  box.hidden = false;
}
