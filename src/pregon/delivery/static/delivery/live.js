// Keeps a fragment of the desk fresh while something waits: asks every two seconds, rests when the page is
// hidden, and stops when the server says that nothing waits any more. Without it the page is reloaded by hand.
// A page that shows more than the fragment is loaded once again at the end, unless somebody is on their way elsewhere.
// Whose session has ended is told so above what no longer moves.
const PAUSE = 2000;
let leaving = false;
window.addEventListener("beforeunload", () => (leaving = true));

for (const place of document.querySelectorAll("[data-live-url]")) {
  let timer = 0;
  let over = false;

  const waits = () => place.querySelector("[data-waiting]") !== null;
  const later = () => {
    window.clearTimeout(timer);
    if (!document.hidden && !over && waits()) timer = window.setTimeout(refresh, PAUSE);
  };

  function end() {
    over = true;
    const words = place.parentElement.querySelector("[data-live-over]");
    if (words) place.before(words.content.cloneNode(true));
  }

  async function refresh() {
    try {
      const answer = await fetch(place.dataset.liveUrl, { headers: { "X-Requested-With": "XMLHttpRequest" } });
      if (answer.redirected || answer.status === 401 || answer.status === 403) return end();
      if (answer.ok) place.innerHTML = await answer.text();
    } catch {
      // The network is away: the next turn asks again.
    }
    const typing = document.activeElement?.matches("input, select, textarea");
    if ("liveReload" in place.dataset && !waits() && !typing && !leaving) window.location.reload();
    else later();
  }

  document.addEventListener("visibilitychange", later);
  later();
}
