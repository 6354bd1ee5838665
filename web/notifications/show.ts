import type { Message } from '#client/index.ts';
import type { Notification as Pushed } from '#protocol/push.ts';
import { excerpt } from '#web/message/excerpt.ts';
import { nameOf, titleOf } from '#web/people/people.ts';
import { unreadTotal } from '#web/session/chat-state.ts';
import type { Session } from '#web/session/session.ts';
import { words } from '#web/words/notifications.ts';
import { isTurnedOff, register } from './notifications.ts';

/**
 * Shows a message as the service worker shows its push (`worker/worker.js`), if the person allows it. The tag is the same: a push of
 * the same message that comes later makes no sound, and adds none.
 */
export async function showMessage(session: Session, conversationId: string, message: Message): Promise<void> {
  const conversation = session.chat.conversations.get(conversationId);
  if (!conversation || isTurnedOff() || globalThis.Notification?.permission !== 'granted') return;
  const { unread, type } = conversation;
  const title = titleOf(conversation, session);
  const text = excerpt(message);
  const data: Pushed = {
    conversationId,
    seq: message.seq,
    unread,
    badge: unreadTotal.value,
    title,
    body: type === 'direct' ? text : words.from(nameOf(message.senderId, session), text),
  };
  const registration = await register();
  await registration.showNotification(unread > 1 ? `${title} (${unread})` : title, {
    body: data.body ?? '',
    tag: conversationId,
    data,
    icon: '/icon.svg',
    ...{ renotify: true },
  });
}
