// Network first, always. Kept on the phone: the look and the offline page, nothing of any person,
// for phones are shared. Addresses carry a hash of the file, so a new release is a new list.
const OFFLINE = "{% url 'web:offline' %}";
const SHELL = [OFFLINE{% for url in shell %}, "{{ url|escapejs }}"{% endfor %}];
const CACHE = "shell";

self.addEventListener("install", (event) => event.waitUntil(keepShell()));
self.addEventListener("activate", (event) => event.waitUntil(dropTheRest()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.mode === "navigate") event.respondWith(orKept(request, OFFLINE));
  else if (SHELL.includes(path)) event.respondWith(orKept(request, path));
});

// A push carries no more than a locked screen may show; the rest is behind the link.
self.addEventListener("push", (event) => event.waitUntil(tell(event.data?.json() ?? {})));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.url));
});

async function tell({ title = "Ada kabar baru", url = "/", tag, unread }) {
  // Who has a page before them sees and hears it there already.
  const pages = await self.clients.matchAll({ type: "window" });
  const silent = pages.some(({ focused }) => focused);
  await self.registration.showNotification(title, {
    tag, silent, lang: "id", icon: "{% static 'web/img/icon-192.png' %}", data: { url },
  });
  await self.navigator.setAppBadge?.(unread).catch(() => {});
}

async function open(path) {
  const url = new URL(path, self.location.origin);
  if (url.origin !== self.location.origin) return;
  const [page] = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = await page?.navigate(url).catch(() => null);
  await (shown ? shown.focus() : self.clients.openWindow(url));
}

async function keepShell() {
  const cache = await caches.open(CACHE);
  // Fetched as a stranger: no name and no token gets into the kept page. The other files have names
  // of their own for each state, so that what the page has fetched already is not fetched again.
  const mode = (url) => (url === OFFLINE ? "reload" : "default");
  await cache.addAll(SHELL.map((url) => new Request(url, { credentials: "omit", cache: mode(url) })));
  await self.skipWaiting();
}

async function dropTheRest() {
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    if (!SHELL.includes(new URL(request.url).pathname)) await cache.delete(request);
  }
}

async function orKept(request, kept) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(kept)) ?? Response.error();
  }
}
