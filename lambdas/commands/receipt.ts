import { createPointers } from '#adapters/dynamo/messages/pointers.ts';
import { receive } from '#core/messages/receipts.ts';
import type { Socket } from '#lambdas/kit/socket.ts';
import type { Result } from '#protocol/failures.ts';
import type { SendReceipt } from '#protocol/receipts.ts';
import { changes, table } from './dependencies.ts';

const store = { ...createPointers(table), upTo: changes.upTo };

/** Moves a pointer; who is to know of it learns it from the `message-stream` function. */
export function receipt({ userId }: Socket, request: SendReceipt): Promise<Result<object>> {
  return receive(store, userId, request);
}
