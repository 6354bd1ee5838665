import { type ConversationState, type Message, type Ticks as Progress, ticks } from '#client/index.ts';
import { useTalk } from '#web/conversation/conversation-context.ts';
import { SentIcon, SentTwiceIcon } from '#web/ui/icons.tsx';

const words = { sent: 'Sent', delivered: 'Delivered', read: 'Read' };

/** How far an own message has got: one tick when it is stored, two when all others have it, coloured when they read it. */
export function Ticks({ message }: { message: Message }) {
  const { conversation, session } = useTalk();
  const reached = ticks(conversation, message, session.user.id);
  return (
    <span class={`ticks ${reached.status}`} title={progress(conversation, reached)}>
      {reached.status === 'sent' ? <SentIcon /> : <SentTwiceIcon />}
      <span class="sr-only">{words[reached.status]}</span>
    </span>
  );
}

/** `Delivered to 3 of 5, read by 2`; in a conversation of two a word is enough. */
export function progress({ type, memberCount }: ConversationState, { status, delivered, read }: Progress): string {
  if (type === 'direct' || status === 'read' || delivered === 0) return words[status];
  return `Delivered to ${delivered} of ${memberCount - 1}, read by ${read}`;
}
