// Beside the choice of a measure: only the narrowings that it understands, and what it would have said until now.
(() => {
  const chooser = document.querySelector("[data-measure]");
  if (!chooser) return;
  const form = chooser.form;
  const place = document.querySelector("[data-measure-preview]");
  const narrowings = [...form.querySelectorAll("[data-narrows]")];
  let shown = "", asked = null;

  function narrow() {
    for (const field of narrowings) {
      const understood = field.dataset.narrows.split(" ").includes(chooser.value);
      for (const part of [field.closest(".w-field__wrapper"), form.querySelector(`label[for="${field.id}"]`)]) {
        if (part) part.hidden = !understood;
      }
      field.disabled = !understood;  // what is not seen is not sent
    }
  }

  function chosen() {
    const wanted = new URLSearchParams({ measure: chooser.value });
    for (const field of narrowings) if (!field.disabled && field.value) wanted.set(field.name, field.value);
    return wanted;
  }

  async function look() {
    if (!place) return;
    const wanted = chosen();
    if (shown === `${wanted}`) return;
    shown = `${wanted}`;
    asked?.abort();
    asked = new AbortController();
    place.setAttribute("aria-busy", "true");
    const answer = await fetch(`${place.dataset.measurePreview}?${wanted}&parte=1`, { signal: asked.signal }).catch(() => null);
    if (answer?.ok && !answer.redirected) place.innerHTML = await answer.text();
    if (shown === `${wanted}`) place.removeAttribute("aria-busy");
  }

  form.addEventListener("change", ({ target }) => {
    if (target !== chooser && !narrowings.includes(target)) return;
    narrow();
    look();
  });
  narrow();
  if (place?.hasAttribute("data-said")) shown = `${chosen()}`;  // the page came with it
  look();
})();
