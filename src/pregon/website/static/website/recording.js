// Moments of a recording. A moment of the transcript is a link to the file at that moment; here the player goes there
// itself, and an address with #t=65 begins there.
const player = document.querySelector(".player :is(audio, video)");

export function open(link) {
  history.replaceState(null, "", `#t=${link.dataset.at}`);
  player.currentTime = Number(link.dataset.at);
  player.play().catch(() => {});
  player.scrollIntoView({ block: "nearest" });
}

const asked = /^#t=(\d{1,6})$/.exec(location.hash);
if (asked) player.currentTime = Number(asked[1]);
