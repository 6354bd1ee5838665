import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Message } from '#client/index.ts';
import { excerpt } from '#web/message/excerpt.ts';
import { nameOf } from '#web/people/people.ts';
import { words } from '#web/words/conversation.ts';
import { useConversation } from './conversation-context.ts';

/** So many announced messages stay in the document; a screen reader may be a few behind. */
const mostAnnounced = 5;

/** A live region: screen readers read new messages of others aloud. */
export function Announcer() {
  const { id, session } = useConversation();
  const announced = useSignal<readonly Message[]>([]);
  useEffect(
    () =>
      session.chat.on('message', ({ conversationId, message }) => {
        if (conversationId !== id || message.senderId === session.user.id) return;
        announced.value = [...announced.value, message].slice(-mostAnnounced);
      }),
    [id, session, announced],
  );
  return (
    <div class="sr-only" aria-live="polite">
      {announced.value.map((message) => (
        <p key={message.clientId}>{words.announce(nameOf(message.senderId, session), excerpt(message))}</p>
      ))}
    </div>
  );
}
