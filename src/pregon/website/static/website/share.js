// The copy button appears only where it can work; everything else on the page needs no script.
const button = document.querySelector("[data-copy]");
if (button && navigator.clipboard) {
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 2500);
  });
}
