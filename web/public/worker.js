/** Shows what is pushed while no page is open, one notification a conversation, and opens the conversation on a click. */

self.addEventListener('push', (event) => event.waitUntil(show(event.data.json())));
self.addEventListener('notificationclick', (event) => event.waitUntil(open(event.notification)));

async function show(pushed) {
  const tag = pushed.conversationId;
  const [shown] = await self.registration.getNotifications({ tag });
  // Pushes may come late or twice. Browsers want something shown for each, so what is there is shown again, without a sound.
  const isNews = !shown || shown.data.seq < pushed.seq;
  const data = isNews ? pushed : shown.data;
  const { title = 'STORM', body = 'New message', unread, badge } = data;
  await self.registration.showNotification(unread > 1 ? `${title} (${unread})` : title, {
    body,
    tag,
    data,
    icon: '/icon.svg',
    renotify: isNews,
    silent: !isNews,
  });
  if (isNews) await navigator.setAppBadge?.(badge);
}

async function open(notification) {
  const { conversationId } = notification.data;
  notification.close();
  const [page] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (!page) return self.clients.openWindow(`/#/${conversationId}`);
  page.postMessage({ open: conversationId });
  return page.focus();
}
