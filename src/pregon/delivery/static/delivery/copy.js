// One tap copies what a button points at. Without the clipboard (a desk that is not on https) the words are selected
// instead, and the person copies them as always.
for (const button of document.querySelectorAll("[data-copy]")) {
  const words = button.textContent;
  const source = document.getElementById(button.dataset.copy);
  let timer = 0;

  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(source);
      const selection = window.getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      if (!document.execCommand("copy")) return;
    }
    button.textContent = button.dataset.copied;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => { button.textContent = words; }, 2500);
  });
}
