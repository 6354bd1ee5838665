import * as z from 'zod/mini';
import * as value from './values.ts';

/** How far a member has got, up to and including these. Neither ever goes back; of two receipts the maximum counts. */
export const Receipt = z.object({
  userId: value.id,
  delivered: value.seq,
  /** 0 for someone who doesn't want it known. */
  read: value.seq,
});

/** Everyone's; only in conversations of up to `limits.receiptMembers`, in larger ones the caller's own alone. */
export const Receipts = z.object({ receipts: z.array(Receipt) });

export const SendReceipt = z.strictObject({
  action: z.literal('receipt'),
  id: value.frameId,
  conversationId: value.id,
  /** Up to and including. */
  seq: value.seq,
  status: z.enum(['delivered', 'read']),
});

export type Receipt = z.infer<typeof Receipt>;
export type Receipts = z.infer<typeof Receipts>;
export type SendReceipt = z.infer<typeof SendReceipt>;
