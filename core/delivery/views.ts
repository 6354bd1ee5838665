import { floorOf } from '#core/access.ts';
import { type Change, isRevision, isVisible, type MessageChange } from '#core/conversations/change.ts';
import type { Conversation } from '#core/conversations/conversation.ts';
import type { AvatarUrl } from '#core/media/media.ts';
import { messageOf } from '#core/messages/message.ts';
import type { ConversationEvent } from '#protocol/events.ts';
import { eventOf } from './event.ts';
import type { Recipient } from './ports.ts';

/** Events for users who see the same of some changes. */
export interface View {
  readonly events: readonly ConversationEvent[];
  readonly userIds: readonly string[];
}

/**
 * What members see of some changes, which are in ascending `seq`. They see the changes after they joined, but never a message from
 * before that.
 */
export function viewsOf(
  conversation: Pick<Conversation, 'history'>,
  recipients: readonly Recipient[],
  changes: readonly Change[],
  targets: ReadonlyMap<number, MessageChange>,
  avatarUrl: AvatarUrl,
): View[] {
  // Members see the same if their floors are between the same two of these numbers.
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
  return views.filter(({ events }) => events.length > 0);
}

/** What users see who aren't among the present members any more: only their own removal. */
export function farewellsOf(members: readonly Recipient[], changes: readonly Change[], avatarUrl: AvatarUrl): View[] {
  const present = new Set(members.map(({ userId }) => userId));
  return changes.flatMap((change) =>
    change.type === 'member' && change.change !== 'added' && change.change !== 'role' && !present.has(change.userId)
      ? [{ events: [eventOf(change, undefined, avatarUrl)], userIds: [change.userId] }]
      : [],
  );
}
