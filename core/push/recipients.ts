import type { MessageChange } from '#core/conversations/change.ts';
import { type Conversation, floorOf, type Member } from '#core/conversations/conversation.ts';
import type { PushJob } from './ports.ts';

/** What is known of someone who may have to be notified. */
export interface Reachable {
  readonly userId: string;
  /** The live ones. */
  readonly connections: readonly unknown[];
  /** Until when they may have push subscriptions, in ms since 1970. */
  readonly pushUntil: number | undefined;
}

/** Whether someone is nowhere online and may have devices to be pushed to. */
export function isAway({ connections, pushUntil = 0 }: Omit<Reachable, 'userId'>, now: number): boolean {
  return connections.length === 0 && pushUntil > now;
}

/** Who may have to be notified of some messages of one conversation: each of the newest by others that they may see. */
export function pushJobs(
  conversation: Pick<Conversation, 'id' | 'history'>,
  members: readonly Pick<Member, 'userId' | 'joinedSeq'>[],
  people: readonly Reachable[],
  messages: readonly Pick<MessageChange, 'seq' | 'senderId'>[],
  now: number,
): PushJob[] {
  const away = new Set(people.filter((person) => isAway(person, now)).map(({ userId }) => userId));
  return members
    .filter(({ userId }) => away.has(userId))
    .flatMap((member) => {
      const { userId } = member;
      const floor = floorOf(conversation, member);
      const seqs = messages.filter(({ seq, senderId }) => seq > floor && senderId !== userId).map(({ seq }) => seq);
      return seqs.length > 0 ? [{ userId, conversationId: conversation.id, seq: Math.max(...seqs) }] : [];
    });
}
