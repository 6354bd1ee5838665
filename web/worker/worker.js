/**
 * The service worker. It keeps the page for the time without a network, shows pushed messages, one notification per conversation, and
 * opens the conversation on a click.
 */

/** The files of this version of the page. The build writes them here (vite.config.ts). */
const files = '__FILES__';
const cacheName = 'storm-__VERSION__';
/** What a push without a text says, in the language of the page that registered this worker. */
const newMessage = self.location.search === '?fr' ? 'Nouveau message' : 'New message';
/** How long the network has, in ms, before a page is shown that may be of an earlier version. */
const networkMs = 3_000;

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('fetch', (event) => {
  const answer = answerTo(event.request);
  if (answer) event.respondWith(answer);
});
self.addEventListener('push', (event) => event.waitUntil(show(event.data.json())));
self.addEventListener('notificationclick', (event) => event.waitUntil(open(event.notification)));

async function install() {
  const cache = await caches.open(cacheName);
  await cache.addAll(files.map((file) => new Request(file, { cache: 'no-cache' })));
  await self.skipWaiting();
}

async function activate() {
  // Pages of the version before may still be open, and load parts of it.
  for (const name of (await caches.keys()).slice(0, -2)) await caches.delete(name);
  await self.clients.claim();
}

/** The answer for a file of the page. Undefined for all else, above all the API, which only the network answers. */
function answerTo({ method, mode, url }) {
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== self.location.origin || pathname.startsWith('/api/')) return undefined;
  // The names of these files contain a hash of their content.
  if (pathname.startsWith('/assets/')) return fromCache(url);
  if (mode === 'navigate' && pathname === '/') return fromNetwork('/');
  if (files.includes(pathname)) return fromNetwork(pathname);
  return undefined;
}

async function fromCache(url) {
  return (await caches.match(url)) ?? fetch(url);
}

async function fromNetwork(path) {
  const cache = await caches.open(cacheName);
  try {
    const answer = await fetch(path, { cache: 'no-cache', signal: AbortSignal.timeout(networkMs) });
    if (!answer.ok) return answer;
    await cache.put(path, answer.clone());
    return answer;
  } catch (cause) {
    const kept = await cache.match(path);
    if (kept) return kept;
    throw cause;
  }
}

async function show(pushed) {
  const tag = pushed.conversationId;
  const [shown] = await self.registration.getNotifications({ tag });
  if (pushed.takenBack) {
    // Read elsewhere, or deleted. Browsers tolerate some pushes that show nothing, and the server sends none to those that don't.
    if (shown && shown.data.seq <= pushed.seq) shown.close();
    await navigator.setAppBadge?.(pushed.badge);
    return;
  }
  // A push may come late or twice. Browsers require a notification for each, so the present one is shown again, silently.
  const isNewer = !shown || shown.data.seq < pushed.seq;
  const data = isNewer ? pushed : shown.data;
  const { title = 'STORM', body = newMessage, unread, badge } = data;
  await self.registration.showNotification(unread > 1 ? `${title} (${unread})` : title, {
    body,
    tag,
    data,
    icon: '/icon.svg',
    renotify: isNewer,
    silent: !isNewer,
  });
  if (isNewer) await navigator.setAppBadge?.(badge);
}

async function open(notification) {
  const { conversationId } = notification.data;
  notification.close();
  const [page] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (!page) return self.clients.openWindow(`/#/${conversationId}`);
  page.postMessage({ open: conversationId });
  return page.focus();
}
