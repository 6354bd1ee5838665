/** The service worker. It shows pushed messages, one notification per conversation, and opens the conversation on a click. */

self.addEventListener('push', (event) => event.waitUntil(show(event.data.json())));
self.addEventListener('notificationclick', (event) => event.waitUntil(open(event.notification)));

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
  const { title = 'STORM', body = 'New message', unread, badge } = data;
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
