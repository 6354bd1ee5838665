import { movesIn } from '#adapters/dynamo/messages/pointers.ts';
import type { StreamRecord } from '#adapters/dynamo/stream-record.ts';
import { createReceiptDelivery } from '#core/delivery/receipts.ts';
import { changes, delivery } from './dependencies.ts';
import { takeBackRead } from './push.ts';

const deliverReceipts = createReceiptDelivery({ ...delivery, authorsOf: changes.authorsOf });

/** Delivers the receipts in some records of one conversation, and has the notifications taken back of what was read. */
export async function receipts(conversationId: string, records: readonly StreamRecord[]): Promise<void> {
  const movers = await deliverReceipts(conversationId, movesIn(records));
  await takeBackRead(conversationId, records, movers);
}
