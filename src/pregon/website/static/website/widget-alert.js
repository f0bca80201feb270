// Asks for the alerts in force, and shows nothing while there are none or nobody answers.
const EVERY = 60_000;
const SEVERE = new Set(["extreme", "severe"]);
const place = document.querySelector("[data-alerts]");
let shown = "[]";

const part = (name, text) => {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
};
// In the hour of the town hall, wherever the other site is read, and as its own pages write it; browsers write «06:08».
const CLOCK = new Intl.DateTimeFormat("es-MX", {
  day: "numeric", month: "long", hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: place.dataset.zone,
});
const until = (moment) => CLOCK.format(moment).replace(/\b0(?=\d:)/, "");
const one = ({ url, headline, severity, drill, until: end }) => {
  const link = part("a", "");
  const address = new URL(url, location.href);
  if (address.origin === location.origin) link.href = address.href;
  link.rel = "noopener";
  link.className = drill ? "drill" : SEVERE.has(String(severity).toLowerCase()) ? "severe" : "";
  link.append(part("b", drill ? place.dataset.drill : place.dataset.alert), part("strong", headline));
  const moment = new Date(end);
  if (end && !Number.isNaN(moment.getTime())) link.append(part("small", `${place.dataset.until} ${until(moment)} h`));
  return link;
};
const inForce = ({ until: end }) => !end || !(new Date(end) <= new Date());

const ask = async () => {
  if (document.hidden) return;
  let alerts = [];
  try {
    const answer = await fetch(place.dataset.alerts, { cache: "no-cache" });
    if (answer.ok) alerts = (await answer.json()).alerts.filter(inForce);
  } catch {
    return; // the network is gone, or what came is no answer: what is shown stays
  }
  const now = JSON.stringify(alerts);
  if (now !== shown) place.replaceChildren(...alerts.map(one)); // a reader of screens hears only what changed
  shown = now;
};

ask();
setInterval(ask, EVERY);
document.addEventListener("visibilitychange", ask);
