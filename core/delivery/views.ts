import { floorOf } from '#core/access.ts';
import { type Change, isRevision, isVisible, type MessageChange } from '#core/conversations/change.ts';
import type { Conversation } from '#core/conversations/conversation.ts';
import type { AvatarUrl } from '#core/media/media.ts';
import { messageOf } from '#core/messages/message.ts';
import type { ConversationEvent } from '#protocol/events.ts';
import { eventOf } from './event.ts';
import type { Recipient } from './ports.ts';

/** Events for people who all see the same of them. */
export interface View {
  readonly events: readonly ConversationEvent[];
  readonly userIds: readonly string[];
}

/**
 * What each member sees of some changes (in ascending `seq`): those after they joined, and no message from before that.
 * `recipients` are the present members. Who was removed meanwhile sees that they were, and nothing else.
 */
export function viewsOf(
  conversation: Pick<Conversation, 'history'>,
  recipients: readonly Recipient[],
  changes: readonly Change[],
  targets: ReadonlyMap<number, MessageChange>,
  avatarUrl: AvatarUrl,
): View[] {
  // Members whose floor is between the same two of these numbers see the same.
  const numbers = changes.flatMap((change) => (isRevision(change) ? [change.seq, change.target] : [change.seq]));
  const thresholds = [...new Set(numbers)].sort((a, b) => a - b);
  const people = recipients.map(({ userId, joinedSeq }) => ({ userId, floor: floorOf(conversation, { joinedSeq }) }));
  const alike = Map.groupBy(people, ({ floor }) => thresholds.findIndex((threshold) => threshold > floor));
  const views = [...alike.values()].map((group) => {
    const floor = group[0]?.floor ?? 0;
    const events = changes
      .filter(isVisible)
      .filter(({ seq }) => seq > floor)
      .map((change) => {
        const target = isRevision(change) && change.target > floor ? targets.get(change.target) : undefined;
        return eventOf(change, target && messageOf(target), avatarUrl);
      });
    return { events, userIds: group.map(({ userId }) => userId) };
  });
  return [...views, ...farewells(recipients, changes, avatarUrl)].filter(({ events }) => events.length > 0);
}

/** Tells those who are no longer members of their removal, and of nothing else. */
function farewells(recipients: readonly Recipient[], changes: readonly Change[], avatarUrl: AvatarUrl): View[] {
  const present = new Set(recipients.map(({ userId }) => userId));
  return changes.flatMap((change) =>
    change.type === 'member' && change.change !== 'added' && change.change !== 'role' && !present.has(change.userId)
      ? [{ events: [eventOf(change, undefined, avatarUrl)], userIds: [change.userId] }]
      : [],
  );
}
