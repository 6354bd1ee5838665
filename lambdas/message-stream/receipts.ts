import { movesIn } from '#adapters/dynamo/messages/pointers.ts';
import type { StreamRecord } from '#adapters/dynamo/stream-record.ts';
import { createReceiptDelivery } from '#core/delivery/receipts.ts';
import { delivery } from './dependencies.ts';

const deliverReceipts = createReceiptDelivery(delivery);

/** Delivers the receipts in some records of one conversation. */
export function receipts(conversationId: string, records: readonly StreamRecord[]): Promise<void> {
  return deliverReceipts(conversationId, movesIn(records));
}
