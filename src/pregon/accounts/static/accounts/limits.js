// What is too long stays whole, and the sentence that the office would answer with stands below it while it is too long.
// Counted as the office does: letters, not the halves of an emoji, and a line break as it is sent.
{
  const counted = (field) => [...field.value.trim().replace(/\r?\n/g, "\r\n")].length;

  function judge(field) {
    const { limit, tooLong } = field.dataset;
    const many = counted(field);
    const said = many > Number(limit)
      ? tooLong.replace("%(limit_value)s", limit).replace("%(show_value)s", many).replaceAll("%%", "%") : "";
    let place = field.parentElement.querySelector("[data-said-too-long]");
    if (!place) {
      if (!said) return;
      place = document.createElement("p");
      place.className = "desk-too-long";
      place.dataset.saidTooLong = "";
      place.setAttribute("role", "alert");
      field.after(place);
    }
    if (place.textContent !== said) place.textContent = said;
    field.toggleAttribute("data-is-too-long", Boolean(said));
  }

  document.addEventListener("input", ({ target }) => target.matches?.("[data-limit]") && judge(target));
  document.addEventListener("reset", ({ target }) => setTimeout(() => target.querySelectorAll("[data-limit]").forEach(judge)));
}
