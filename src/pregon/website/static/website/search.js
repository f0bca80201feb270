// Suggestions while somebody types, after the ARIA combobox with a list. Without it the form searches all the same.
const PAUSE = 160; // milliseconds without a key before the server is asked

for (const bar of document.querySelectorAll("[data-suggest]")) {
  const [field, list, said] = ["input", "[role=listbox]", "[data-said]"].map((part) => bar.querySelector(part));
  let timer, asking, asked = "";
  list.id = `${field.id}-suggested`;
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list",
  })) field.setAttribute(name, value);

  const options = () => [...list.children];
  const current = () => list.querySelector("[aria-selected=true]");

  const choose = (option) => {
    current()?.removeAttribute("aria-selected");
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", option.id);
    } else field.removeAttribute("aria-activedescendant");
  };
  const open = (wanted) => {
    list.hidden = !wanted;
    field.setAttribute("aria-expanded", String(wanted));
    if (!wanted) choose(null);
  };
  const forget = () => {
    clearTimeout(timer);
    asking?.abort();
  };
  const element = (name, text = "", parts = []) => {
    const made = document.createElement(name);
    made.append(text, ...parts);
    return made;
  };
  // What others wrote is put in as text, never as markup.
  const option = ({ title, url, about }, place) => {
    const words = title.map(([piece, marked]) => (marked ? element("mark", piece) : piece));
    const made = element("li", "", [element("b", "", words), element("small", about)]);
    made.role = "option";
    made.id = `${list.id}-${place}`;
    made.dataset.url = url;
    return made;
  };
  const ask = async () => {
    const words = field.value.trim();
    if (words === asked) return;
    asked = words;
    asking = new AbortController();
    try {
      const answer = await fetch(`${bar.dataset.suggest}?q=${encodeURIComponent(words)}`, { signal: asking.signal });
      const told = await answer.json();
      list.replaceChildren(...(told.found ?? []).map(option));
      said.textContent = words ? told.said ?? told.error : "";
      open(list.children.length > 0 && document.activeElement === field);
    } catch {
      asked = ""; // a later key aborted it, or the network is gone: the form still works
    }
  };

  field.addEventListener("input", () => {
    forget();
    timer = setTimeout(ask, PAUSE);
  });
  field.addEventListener("keydown", (key) => {
    if (key.isComposing) return;
    const all = options(), place = all.indexOf(current());
    const step = { ArrowDown: 1, ArrowUp: -1 }[key.key];
    if (step && all.length) {
      key.preventDefault();
      if (list.hidden) open(true);
      // Beyond either end lies what was typed.
      const next = (place + 1 + step + all.length + 1) % (all.length + 1) - 1;
      choose(all[next] ?? null);
    } else if (key.key === "Enter" && place >= 0 && !list.hidden) {
      key.preventDefault();
      location.assign(all[place].dataset.url);
    } else if (key.key === "Escape") {
      forget();
      if (!list.hidden) {
        key.preventDefault();
        open(false);
      }
    }
  });
  field.addEventListener("focus", () => open(options().length > 0 && field.value.trim() === asked));
  field.addEventListener("blur", () => open(false));
  list.addEventListener("pointerdown", (press) => press.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (press) => {
    const chosen = press.target.closest("[role=option]");
    if (chosen) location.assign(chosen.dataset.url);
  });
  if (field.value && document.activeElement === field) timer = setTimeout(ask, PAUSE); // typed while this came
}
