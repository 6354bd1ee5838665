import { type ConversationLoader, maySee } from '#core/access.ts';
import type { Member } from '#core/conversations/conversation.ts';
import type { UserState } from '#core/delivery/ports.ts';
import { showsReceipts } from '#core/messages/receipts.ts';
import type { LookJob, NotifyJob } from './ports.ts';

/**
 * How long, in seconds, those with open sockets have to receive or read a message, before it is pushed to their devices. A client
 * says within a second what it has received. The rest of the time is for reading it elsewhere.
 */
export const lookAfterSeconds = 20;

/**
 * When the second look comes, in seconds. It is the longest delay of SQS. Until then API Gateway has closed a socket whose client
 * vanished: it was idle for 10 minutes ("Quotas for configuring and running a WebSocket API in API Gateway").
 */
export const secondLookAfterSeconds = 900;

/** The most users of one look. DynamoDB reads as many items at once. */
export const usersAtOnce = 100;

export interface LookStore extends ConversationLoader {
  statesOf(userIds: readonly string[], now: number): Promise<readonly Pick<UserState, 'userId' | 'connections'>[]>;
}

/** What follows from a look: who has to be notified, and whom to look at once more. */
export interface Looked {
  readonly due: readonly NotifyJob[];
  readonly again: LookJob | undefined;
}

/**
 * Looks which of some users miss a message: neither has a visible client received it, nor was it read. In conversations that are too
 * large for receipts, clients don't say what they receive. There a visible socket counts instead, until the second look.
 */
export async function look(store: LookStore, job: LookJob, now: number): Promise<Looked> {
  const { userIds, second, ...about } = job;
  const { conversationId, seq } = about;
  const conversation = await store.load(conversationId, userIds);
  const missing = userIds.filter((userId) => {
    const me = conversation?.members.get(userId);
    return conversation && me && maySee(conversation, me, seq) && !hasReceived(me, seq);
  });
  const watching =
    conversation && missing.length > 0 && !showsReceipts(conversation)
      ? (await store.statesOf(missing, now)).filter(isWatching).map(({ userId }) => userId)
      : [];
  const kept = second ? [] : watching;
  return {
    due: missing.filter((userId) => !watching.includes(userId)).map((userId) => ({ userId, ...about, looked: true })),
    again: kept.length > 0 ? { userIds: kept, ...about, second: true } : undefined,
  };
}

/** Whether nobody has to tell a member of the message at `seq`: they read it, or a client that was visible received it. */
export function hasReceived({ deliveredSeq, readSeq }: Member, seq: number): boolean {
  return Math.max(deliveredSeq, readSeq) >= seq;
}

function isWatching({ connections }: Pick<UserState, 'connections'>): boolean {
  return connections.some(({ hidden }) => !hidden);
}
