import { createPointers } from '#adapters/dynamo/messages/pointers.ts';
import { receive } from '#core/messages/receipts.ts';
import type { Socket } from '#lambdas/kit/socket.ts';
import type { Result } from '#protocol/failures.ts';
import type { SendReceipt } from '#protocol/receipts.ts';
import { changes, table } from './dependencies.ts';

const store = { ...createPointers(table), upTo: changes.upTo };

/** Moves a member's pointer. The function `message-stream` delivers the receipt. */
export function receipt({ userId }: Socket, request: SendReceipt): Promise<Result<object>> {
  return receive(store, userId, request);
}
