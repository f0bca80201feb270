// Tells the page around it how high this one is, when that changes and when asked. A height is no secret.
const tell = () => parent.postMessage({ pregonHeight: document.body.offsetHeight }, "*");

if (parent !== window) {
  new ResizeObserver(tell).observe(document.body);
  addEventListener("message", (asked) => {
    if (asked.source === parent && asked.data === "pregon-height") tell();
  });
}
