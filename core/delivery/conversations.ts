import type { Event } from '#protocol/events.ts';
import type { DeliveryPorts } from './ports.ts';

/** Delivers an event about a new conversation to all members. It has `seq` 0, because the conversation has no change yet. */
export async function deliverNewConversation(
  ports: Pick<DeliveryPorts, 'load' | 'recipientsOf' | 'connectionsOf' | 'deliver' | 'now'>,
  conversationId: string,
): Promise<void> {
  const conversation = await ports.load(conversationId, []);
  if (!conversation) return;
  const recipients = await ports.recipientsOf(conversation);
  const userIds = recipients.map(({ userId }) => userId);
  const event = { type: 'conversation', conversationId, seq: 0, name: conversation.name } as const;
  await ports.deliver([event], await ports.connectionsOf(userIds, ports.now()));
}

/** Tells some users that their invitations have changed, on all of their devices. */
export async function deliverInvitation(
  { connectionsOf, deliver, now }: Pick<DeliveryPorts, 'connectionsOf' | 'deliver' | 'now'>,
  userIds: readonly string[],
  conversationId: string,
): Promise<void> {
  if (userIds.length === 0) return;
  await deliver([{ type: 'invitation', conversationId }], await connectionsOf(userIds, now()));
}

/** Delivers an event that only concerns one user to all of their connections, also to the one that caused it. */
export async function deliverToUser(
  { connectionsOf, deliver, now }: Pick<DeliveryPorts, 'connectionsOf' | 'deliver' | 'now'>,
  userId: string,
  event: Extract<Event, { type: 'muted' | 'media' }>,
): Promise<void> {
  await deliver([event], await connectionsOf([userId], now()));
}
