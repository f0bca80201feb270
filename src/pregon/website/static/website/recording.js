// A moment of the transcript is a link to the file at that moment. Where the player can go there itself it does, and an
// address with #t=65 begins there.
const player = document.querySelector(".player :is(audio, video)");
if (player) {
  const go = (seconds) => {
    player.currentTime = seconds;
    player.play().catch(() => {});
  };
  for (const link of document.querySelectorAll("[data-at]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      history.replaceState(null, "", `#t=${link.dataset.at}`);
      go(Number(link.dataset.at));
      player.scrollIntoView({ block: "nearest" });
    });
  }
  const asked = /^#t=(\d{1,6})$/.exec(location.hash);
  if (asked) player.currentTime = Number(asked[1]);
}
