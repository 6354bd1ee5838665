import type { Event } from '../../protocol/events.ts';
import { fail, type Result } from '../../protocol/failures.ts';
import type { SendReceipt } from '../../protocol/receipts.ts';
import type { Conversation, Member } from '../conversations/conversation.ts';
import type { Change } from './change.ts';

interface Moved {
  readonly moved: boolean;
  readonly member: Member;
  readonly conversation: Conversation | undefined;
}

export interface ReceiptStore {
  /** The newest change up to a `seq`. */
  upTo(conversationId: string, seq: number): Promise<Change | undefined>;
  moveRead(
    conversationId: string,
    userId: string,
    at: { seq: number; n: number },
  ): Promise<Moved | 'no_conversation' | 'no_member'>;
  moveDelivered(conversationId: string, userId: string, seq: number): Promise<Moved | 'no_conversation' | 'no_member'>;
}

export interface Receipt {
  /** Nothing where the pointer was as far already. */
  readonly event: Event | undefined;
  readonly conversation: Conversation | undefined;
}

/** Moves what a member has received or read forward, never past what is there. */
export async function receive(
  store: ReceiptStore,
  userId: string,
  { conversationId, seq, status }: Pick<SendReceipt, 'conversationId' | 'seq' | 'status'>,
): Promise<Result<Receipt>> {
  const at = (await store.upTo(conversationId, seq)) ?? { seq: 0, n: 0 };
  const result =
    status === 'read'
      ? await store.moveRead(conversationId, userId, at)
      : await store.moveDelivered(conversationId, userId, at.seq);
  if (result === 'no_conversation') return fail('not_found');
  if (result === 'no_member') return fail('forbidden');
  const { moved, member, conversation } = result;
  const delivered = Math.max(member.deliveredSeq, member.readSeq);
  const event: Event = { type: 'receipt', conversationId, userId, delivered, read: member.readSeq };
  return { ok: { event: moved ? event : undefined, conversation } };
}
