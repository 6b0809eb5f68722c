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

async function keepShell() {
  const cache = await caches.open(CACHE);
  // Fetched as a stranger: no name and no token gets into the kept page.
  await cache.addAll(SHELL.map((url) => new Request(url, { credentials: "omit", cache: "reload" })));
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
