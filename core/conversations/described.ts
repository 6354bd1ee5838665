import { isoTime } from '#core/clock.ts';
import type { Complete } from '#core/complete.ts';
import type { ChangedEvent, MemberEvent } from '#protocol/events.ts';
import type { Change, ConversationChange, MemberChange } from './change.ts';

/** A change of what describes a conversation: its members, its name, its picture, or who sees its history. */
export type DescriptionChange = MemberChange | ConversationChange;

export function isDescription(change: Change): change is DescriptionChange {
  return change.type === 'member' || change.type === 'conversation';
}

/** The event of such a change. `avatarUrl` makes the address of a picture from its id. */
export function descriptionEvent(
  change: DescriptionChange,
  avatarUrl: (mediaId: string) => string,
): MemberEvent | ChangedEvent {
  if (change.type === 'member') {
    const { type, conversationId, seq, userId, change: what, by, role, at } = change;
    const time = at === undefined ? undefined : isoTime(at);
    return { type, conversationId, seq, userId, change: what, by, role, at: time } satisfies Complete<MemberEvent>;
  }
  const { type, conversationId, seq, by, name, history, avatarMediaId } = change;
  const url = avatarMediaId === undefined ? undefined : avatarUrl(avatarMediaId);
  return { type, conversationId, seq, by, name, history, avatarUrl: url } satisfies Complete<ChangedEvent>;
}
