{% load i18n %}// Shows the notices of the office and opens what they tell of. It keeps nothing and asks for nothing else.
const office = "{{ office.name|escapejs }}";
const words = { preferences: "{% filter escapejs %}{% translate 'Preferencias' %}{% endfilter %}" };

self.addEventListener("push", (event) => {
  let told = {};
  try { told = event.data.json(); } catch { /* a browser wants something shown for every push */ }
  event.waitUntil(self.registration.showNotification(told.title || office, {
    body: told.body || "",
    icon: told.icon,
    tag: told.tag,
    renotify: Boolean(told.tag && told.urgent),
    requireInteraction: Boolean(told.urgent),
    lang: "es-MX",
    data: { url: told.url || "/", preferences: told.preferences },
    actions: told.preferences ? [{ action: "preferences", title: words.preferences }] : [],
  }));
});

self.addEventListener("notificationclick", (event) => {
  const { url, preferences } = event.notification.data;
  const wanted = new URL(event.action === "preferences" ? preferences : url, self.location.origin).href;
  event.notification.close();
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const there = open.find((page) => page.url === wanted);
    return there ? there.focus() : self.clients.openWindow(wanted);
  })());
});

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil((async () => {
    const former = event.oldSubscription;
    const options = former && former.options;
    const subscription = event.newSubscription || (options && await self.registration.pushManager.subscribe(options));
    if (!subscription) return;
    await fetch("/suscripcion/avisos/", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ subscription, former }),
    });
  })());
});
