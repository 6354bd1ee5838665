import { movesIn } from '#adapters/dynamo/messages/pointers.ts';
import type { StreamRecord } from '#adapters/dynamo/stream-record.ts';
import { createReceiptDelivery } from '#core/delivery/receipts.ts';
import { delivery } from './dependencies.ts';

const deliverReceipts = createReceiptDelivery(delivery);

/** Tells members of the pointers that some records of one conversation moved. */
export function receipts(conversationId: string, records: readonly StreamRecord[]): Promise<void> {
  return deliverReceipts(conversationId, movesIn(records));
}
