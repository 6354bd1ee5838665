import type { ConversationState } from './conversation.ts';
import type { Message } from './messages.ts';

export interface DeliveryStatus {
  /** `delivered` and `read`: by all others. */
  readonly status: 'sent' | 'delivered' | 'read';
  /** How many of the others have received and read it. */
  readonly delivered: number;
  readonly read: number;
}

/** How far one of the own messages has got. In rooms over `limits.receiptMembers` nobody is told: it stays `sent`. */
export function deliveryStatus(
  { receipts, members, memberCount }: ConversationState,
  { seq }: Message,
  me: string,
): DeliveryStatus {
  // A large group lists only some of its members.
  const listed = members.length < memberCount ? undefined : new Set(members.map(({ userId }) => userId));
  const others = Object.entries(receipts).filter(([userId]) => userId !== me && (listed?.has(userId) ?? true));
  const delivered = others.filter(([, progress]) => progress.delivered >= seq).length;
  const read = others.filter(([, progress]) => progress.read >= seq).length;
  const all = (count: number) => memberCount > 1 && count >= memberCount - 1;
  return { status: all(read) ? 'read' : all(delivered) ? 'delivered' : 'sent', delivered, read };
}
