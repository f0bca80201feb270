// Keeps a fragment of the desk fresh while something waits: asks every two seconds, rests when the page is
// hidden, and stops when the server says that nothing waits any more. Without it the page is reloaded by hand.
// A page that shows more than the fragment is loaded once again at the end.
const PAUSE = 2000;

for (const place of document.querySelectorAll("[data-live-url]")) {
  let timer = 0;

  const waits = () => place.querySelector("[data-waiting]") !== null;
  const later = () => {
    window.clearTimeout(timer);
    if (!document.hidden && waits()) timer = window.setTimeout(refresh, PAUSE);
  };

  async function refresh() {
    try {
      const answer = await fetch(place.dataset.liveUrl, { headers: { "X-Requested-With": "XMLHttpRequest" } });
      if (!answer.ok || answer.redirected) return;
      place.innerHTML = await answer.text();
    } catch {
      // The network is away: the next turn asks again.
    }
    const typing = document.activeElement?.matches("input, select, textarea");
    if ("liveReload" in place.dataset && !waits() && !typing) window.location.reload();
    else later();
  }

  document.addEventListener("visibilitychange", later);
  later();
}
