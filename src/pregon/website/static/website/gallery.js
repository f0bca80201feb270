// Photos one by one, as large as the window. The list on the page is what they are made of and stays as it is: without
// this each photo opens its file. Swiping is the browser's own: the strip snaps to each photo.
const viewer = document.querySelector(".viewer");
const items = [...document.querySelectorAll(".wall > li")];
const strip = viewer.querySelector(".strip");
const place = viewer.querySelector(".place");
const turns = [...viewer.querySelectorAll(".turn")];
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let now = -1;

const build = () => {
  if (strip.children.length) return;
  for (const item of items) {
    const figure = document.createElement("figure");
    const picture = item.querySelector("img").cloneNode();
    picture.sizes = "100vw";
    picture.loading = "lazy";
    picture.removeAttribute("fetchpriority");
    const caption = item.querySelector("figcaption").cloneNode(true);
    const get = item.querySelector(".get").cloneNode(true);
    caption.append(" ", get);
    figure.append(picture, caption);
    strip.append(figure);
  }
  for (const figure of strip.children) watcher.observe(figure);
};
const watcher = new IntersectionObserver((seen) => {
  for (const one of seen) if (one.isIntersecting) arrive([...strip.children].indexOf(one.target));
}, { root: strip, threshold: 0.6 });
const arrive = (index) => {
  if (!viewer.open) return;
  now = index;
  place.textContent = `${index + 1} / ${items.length}`;
  turns[0].disabled = index === 0;
  turns[1].disabled = index === items.length - 1;
  [...strip.children].forEach((figure, at) => { figure.inert = at !== index; });
  history.replaceState(null, "", `#${items[index].id}`);
};
const go = (index, smooth = true) => {
  const target = strip.children[Math.max(0, Math.min(items.length - 1, index))];
  strip.scrollTo({ left: target.offsetLeft, behavior: smooth && !calm.matches ? "smooth" : "instant" });
};
const show = (index) => {
  build();
  viewer.showModal();
  go(index, false);
  arrive(index);
  strip.focus();
};
export const open = (link) => show(items.findIndex((item) => item.contains(link)));
turns.forEach((turn) => turn.addEventListener("click", () => go(now + Number(turn.dataset.go))));
viewer.querySelector(".close").addEventListener("click", () => viewer.close());
viewer.addEventListener("keydown", (event) => {
  const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  go(to);
});
viewer.addEventListener("close", () => items[now]?.querySelector("figure > a").focus());
