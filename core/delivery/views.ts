import { floorOf } from '#core/access.ts';
import { type Change, eventOf, type MessageChange, messageOf } from '#core/conversations/change.ts';
import type { Conversation } from '#core/conversations/conversation.ts';
import type { AvatarUrl } from '#core/media/media.ts';
import type { ConversationEvent } from '#protocol/events.ts';
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
  const numbers = changes.flatMap((change) => ('target' in change ? [change.seq, change.target] : [change.seq]));
  const thresholds = [...new Set(numbers)].sort((a, b) => a - b);
  const people = recipients.map(({ userId, joinedSeq }) => ({ userId, floor: floorOf(conversation, { joinedSeq }) }));
  const alike = Map.groupBy(people, ({ floor }) => thresholds.findIndex((threshold) => threshold > floor));
  const views = [...alike.values()].map((group) => {
    const floor = group[0]?.floor ?? 0;
    const events = changes
      .filter(({ seq }) => seq > floor)
      .flatMap((change) => {
        const target = 'target' in change && change.target > floor ? targets.get(change.target) : undefined;
        return eventOf(change, target && messageOf(target), avatarUrl) ?? [];
      });
    return { events, userIds: group.map(({ userId }) => userId) };
  });
  return [...views, ...farewells(recipients, changes)].filter(({ events }) => events.length > 0);
}

/** Those who are no members any more are told of that, and of nothing else. */
function farewells(recipients: readonly Recipient[], changes: readonly Change[]): View[] {
  const present = new Set(recipients.map(({ userId }) => userId));
  return changes.flatMap((change) =>
    change.type === 'member' && change.change !== 'added' && change.change !== 'role' && !present.has(change.userId)
      ? [{ events: [eventOf(change)], userIds: [change.userId] }]
      : [],
  );
}
