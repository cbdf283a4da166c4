// Keeps the scan page openable without network: that page in a form that names nobody, and its
// files. With a network nothing comes from here, so that no page is ever old.
"use strict";

const KEPT = "bondpool-scan-{{ version }}";
const PAGE = "{{ page }}";
const AWAY = "{{ away }}";
const FILES = [{% for file in files %}"{{ file }}"{% if not forloop.last %}, {% endif %}{% endfor %}];

async function keep() {
  const kept = await caches.open(KEPT);
  const answer = await fetch(AWAY, { redirect: "error" });
  if (!answer.ok) throw new Error(`the page without network: ${answer.status}`);
  await kept.put(AWAY, answer);
  await kept.addAll(FILES);
}

async function dropOlder() {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith("bondpool-scan-") && name !== KEPT);
  await Promise.all(older.map((name) => caches.delete(name)));
  await self.clients.claim();
}

function orKept(request, place) {
  return fetch(request).catch(async (fault) => {
    const kept = await caches.match(place, { ignoreVary: true });
    if (!kept) throw fault;
    return kept;
  });
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keep());
});
self.addEventListener("activate", (event) => event.waitUntil(dropOlder()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(orKept(request, AWAY));
  else if (FILES.includes(pathname)) event.respondWith(orKept(request, pathname));
});
