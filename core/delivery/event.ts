import type { Complete } from '#core/complete.ts';
import type { VisibleChange } from '#core/conversations/change.ts';
import { descriptionEvent } from '#core/conversations/described.ts';
import type { AvatarUrl } from '#core/media/media.ts';
import { messageOf } from '#core/messages/message.ts';
import type { ConversationEvent } from '#protocol/events.ts';
import type { Message } from '#protocol/messages.ts';

/** An event of one type with all of its properties. */
type EventOf<Type extends ConversationEvent['type']> = Complete<Extract<ConversationEvent, { type: Type }>>;

/**
 * The event of a change. `message` is the present state of the message that the change stores or revises, as its reader may see
 * it. Without it, the event of a new message has the change itself, and the event of a revision has only the `seq` of its
 * message.
 */
export function eventOf(change: VisibleChange, message: Message | undefined, avatarUrl: AvatarUrl): ConversationEvent {
  const { conversationId, seq } = change;
  switch (change.type) {
    case 'message':
      return {
        type: 'message',
        conversationId,
        seq,
        message: message ?? messageOf(change),
      } satisfies EventOf<'message'>;
    case 'member':
    case 'conversation':
      return descriptionEvent(change, avatarUrl);
    case 'edited':
    case 'deleted': {
      const { type, target, by } = change;
      return { type, conversationId, seq, target, by, message } satisfies EventOf<'edited' | 'deleted'>;
    }
    case 'reacted': {
      const { type, target, by, emoji, removed } = change;
      return { type, conversationId, seq, target, by, emoji, removed, message } satisfies EventOf<'reacted'>;
    }
    default:
      return change satisfies never;
  }
}
