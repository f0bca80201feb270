// Each button appears only where it can work; everything else on the page needs no script.
const [copy, share] = ["[data-copy]", "[data-share]"].map((which) => document.querySelector(which));

if (copy && navigator.clipboard) {
  const label = copy.textContent;
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(copy.dataset.copy);
    copy.textContent = copy.dataset.done;
    setTimeout(() => { copy.textContent = label; }, 2500);
  });
}

if (share && navigator.share) {
  share.hidden = false;
  share.addEventListener("click", () => {
    // Whoever thinks better of it has done nothing wrong.
    navigator.share({ title: share.dataset.title, url: share.dataset.share }).catch(() => {});
  });
}
