// An alert waits for somebody's yes: whoever may give it is told on whatever page of the desk is open.
(() => {
  const { url } = document.currentScript.dataset;
  const main = document.querySelector("main");
  const place = document.createElement("div");
  const EVERY = 15_000;
  let shown = "", later = 0;

  // What the page tells already is not told twice.
  const known = ({ pathname }) => pathname === location.pathname
    || [...main.querySelectorAll("a[href]")].some((link) => !place.contains(link) && link.pathname === pathname);

  async function ask() {
    clearTimeout(later);
    if (!document.hidden) {
      const answer = await fetch(url).catch(() => null);
      if (answer?.redirected || answer?.status === 204) return;  // nobody is here who may say yes
      const html = answer?.ok ? (await answer.text()).trim() : shown;
      if (html !== shown) {
        place.innerHTML = shown = html;
        for (const link of place.querySelectorAll("a")) if (known(link)) link.closest(".desk-note").remove();
      }
    }
    later = setTimeout(ask, EVERY);
  }

  if (!main || !document.querySelector("#wagtail-sidebar")) return;
  const header = main.querySelector("header");
  place.className = "desk-urgent";
  place.setAttribute("role", "alert");
  place.style.top = `${header?.offsetHeight ?? 0}px`;  // in sight however far down somebody reads
  if (header) header.after(place); else main.prepend(place);
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  ask();
})();
