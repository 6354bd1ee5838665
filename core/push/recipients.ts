import { maySee } from '#core/access.ts';
import type { MessageChange } from '#core/conversations/change.ts';
import type { Conversation } from '#core/conversations/conversation.ts';
import type { DeliveryPorts, Recipient, UserState } from '#core/delivery/ports.ts';
import type { PushJob } from './ports.ts';

type SentMessage = Pick<MessageChange, 'seq' | 'senderId' | 'clientId'>;

/** Whether a user is offline and may have push subscriptions. */
export function isAway(
  { connections, pushUntil = 0 }: Pick<UserState, 'connections' | 'pushUntil'>,
  now: number,
): boolean {
  return connections.length === 0 && pushUntil > now;
}

/** The push jobs for new messages of one conversation: one for each member who may have to be notified. */
export async function findPushJobs(
  ports: Pick<DeliveryPorts, 'load' | 'recipientsOf' | 'statesOf' | 'now'>,
  conversationId: string,
  messages: readonly SentMessage[],
): Promise<PushJob[]> {
  const conversation = messages.length > 0 ? await ports.load(conversationId, []) : undefined;
  if (!conversation) return [];
  const recipients = await ports.recipientsOf(conversation);
  const userIds = recipients.map(({ userId }) => userId);
  const now = ports.now();
  return pushJobs(conversation, recipients, await ports.statesOf(userIds, now), messages, now);
}

/** The same as `findPushJobs`, with everything loaded. A job has the newest message by others that its member may see. */
export function pushJobs(
  conversation: Pick<Conversation, 'id' | 'history'>,
  recipients: readonly Recipient[],
  states: readonly Pick<UserState, 'userId' | 'connections' | 'pushUntil'>[],
  messages: readonly SentMessage[],
  now: number,
): PushJob[] {
  const away = new Set(states.filter((state) => isAway(state, now)).map(({ userId }) => userId));
  return recipients
    .filter(({ userId }) => away.has(userId))
    .flatMap((recipient) => {
      const { userId } = recipient;
      const theirs = messages.filter(
        ({ seq, senderId }) => senderId !== userId && maySee(conversation, recipient, seq),
      );
      const newest = theirs.toSorted((a, b) => b.seq - a.seq)[0];
      if (!newest) return [];
      return [{ userId, conversationId: conversation.id, seq: newest.seq, correlationId: newest.clientId }];
    });
}
