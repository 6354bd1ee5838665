import { maySee } from '#core/access.ts';
import { chunk } from '#core/chunk.ts';
import type { MessageChange } from '#core/conversations/change.ts';
import type { Conversation } from '#core/conversations/conversation.ts';
import type { DeliveryPorts, Recipient, UserState } from '#core/delivery/ports.ts';
import { isSubscribed } from '#core/delivery/subscribed.ts';
import { hasReceived, usersAtOnce } from './look.ts';
import { findTakeBacks, type PushedReader } from './outdated.ts';
import type { LookJob, NotifyJob, TakeBackJob } from './ports.ts';

type SentMessage = Pick<MessageChange, 'seq' | 'senderId' | 'clientId'>;

/** The jobs for new messages: notifications that are due now, and looks that come later (`look.ts`). */
export interface PushJobs {
  readonly due: readonly NotifyJob[];
  readonly looks: readonly LookJob[];
}

/** What happened in a conversation, as far as notifications go. `deleted` are the `seq`s of messages. */
export interface News {
  readonly messages: readonly SentMessage[];
  readonly deleted: readonly number[];
}

const none = { due: [], looks: [], takeBacks: [] };

/**
 * The push jobs for what happened in one conversation. Each member who may have to be notified of a message is in one of them. Who
 * sends has read everything before, so what their devices show of it is taken back, as is what shows a deleted message.
 */
export async function findPushJobs(
  ports: Pick<DeliveryPorts, 'load' | 'recipientsOf' | 'statesOf' | 'now'> & PushedReader,
  conversationId: string,
  { messages, deleted }: News,
): Promise<PushJobs & { readonly takeBacks: readonly TakeBackJob[] }> {
  const conversation = messages.length + deleted.length > 0 ? await ports.load(conversationId, []) : undefined;
  if (!conversation) return none;
  const recipients = await ports.recipientsOf(conversation);
  const userIds = recipients.map(({ userId }) => userId);
  const now = ports.now();
  const states = await ports.statesOf(userIds, now);
  const sent = new Map(messages.map(({ senderId, seq }) => [senderId, seq]));
  const outdated = userIds
    .filter((userId) => deleted.length > 0 || sent.has(userId))
    .map((userId) => ({ userId, readSeq: sent.get(userId) ?? 0, deleted }));
  return {
    ...pushJobs(conversation, recipients, states, messages, now),
    takeBacks: await findTakeBacks(ports, conversationId, outdated, states, now),
  };
}

/**
 * The jobs for new messages, with everything loaded. A member's job is about the newest message by others that they may see. Who
 * has no socket is notified at once. Those who have received or read it already, as far as is loaded, are in no job.
 */
export function pushJobs(
  conversation: Pick<Conversation, 'id' | 'history' | 'members'>,
  recipients: readonly Recipient[],
  states: readonly Pick<UserState, 'userId' | 'connections' | 'pushUntil'>[],
  messages: readonly SentMessage[],
  now: number,
): PushJobs {
  const isAway = new Map(
    states
      .filter((state) => isSubscribed(state, now))
      .map(({ userId, connections }) => [userId, connections.length === 0]),
  );
  const due: NotifyJob[] = [];
  const online = new Map<SentMessage, string[]>();
  for (const recipient of recipients.filter(({ userId }) => isAway.has(userId))) {
    const { userId } = recipient;
    const theirs = messages.filter(({ seq, senderId }) => senderId !== userId && maySee(conversation, recipient, seq));
    const newest = theirs.toSorted((a, b) => b.seq - a.seq)[0];
    const me = conversation.members.get(userId);
    if (!newest || (me && hasReceived(me, newest.seq))) continue;
    if (isAway.get(userId)) due.push({ userId, ...about(conversation, newest) });
    else if (!online.get(newest)?.push(userId)) online.set(newest, [userId]);
  }
  const looks = [...online].flatMap(([message, userIds]) =>
    chunk(userIds, usersAtOnce).map((part) => ({ userIds: part, ...about(conversation, message) })),
  );
  return { due, looks };
}

function about({ id }: Pick<Conversation, 'id'>, { seq, clientId }: SentMessage) {
  return { conversationId: id, seq, correlationId: clientId };
}
