import * as z from 'zod/mini';
import { limits } from './limits.ts';
import * as value from './values.ts';

/**
 * How far a member has received and read the conversation, both inclusive. The pointers never go back, so of two receipts the
 * maximum of each pointer counts.
 */
export const Receipt = z.object({
  userId: value.id,
  delivered: value.seq,
  /** 0 if the member's setting `privateRead` hides it. */
  read: value.seq,
});

/** The receipts of all members. In conversations of more than `limits.receiptMembers` members, only the caller's own. */
export const Receipts = z.object({ receipts: z.array(Receipt) });

/** `delivered`: the client has received it. `read`: its user has seen it. */
export const ReceiptStatus = z.enum(['delivered', 'read']);

const pointer = {
  conversationId: value.id,
  /** The last change that was received or read, inclusive. */
  seq: value.seq,
  status: ReceiptStatus,
};

export const SendReceipt = z.strictObject({ action: z.literal('receipt'), id: value.frameId, ...pointer });

/** The receipt of one conversation among several. */
export const ReceiptReport = z.strictObject(pointer);

/** Receipts of several conversations. There is a reply only if one of them failed, with the error of the first that did. */
export const SendReceipts = z.strictObject({
  action: z.literal('receipts'),
  id: value.frameId,
  receipts: z.array(ReceiptReport).check(z.minLength(1), z.maxLength(limits.receiptsPerFrame)),
});

export type Receipt = z.infer<typeof Receipt>;
export type Receipts = z.infer<typeof Receipts>;
export type SendReceipt = z.infer<typeof SendReceipt>;
export type ReceiptReport = z.infer<typeof ReceiptReport>;
export type SendReceipts = z.infer<typeof SendReceipts>;
