import type { ConversationState } from './conversation.ts';
import type { Message } from './messages.ts';

export interface DeliveryStatus {
  /** `delivered` and `read` mean: by all other members. */
  readonly status: 'sent' | 'delivered' | 'read';
  /** How many other members have received it. */
  readonly delivered: number;
  readonly read: number;
}

/**
 * Computes the delivery status of an own message. Groups over `limits.receiptMembers` have no receipts: it stays `sent` there.
 */
export function deliveryStatus(
  { receipts, members, memberCount }: ConversationState,
  { seq }: Message,
  me: string,
): DeliveryStatus {
  // The receipts of former members don't count. A large group lists only some of its members, so there all receipts count.
  const listed = members.length < memberCount ? undefined : new Set(members.map(({ userId }) => userId));
  const others = Object.entries(receipts).filter(([userId]) => userId !== me && (listed?.has(userId) ?? true));
  const delivered = others.filter(([, progress]) => progress.delivered >= seq).length;
  const read = others.filter(([, progress]) => progress.read >= seq).length;
  const all = (count: number) => memberCount > 1 && count >= memberCount - 1;
  return { status: all(read) ? 'read' : all(delivered) ? 'delivered' : 'sent', delivered, read };
}
