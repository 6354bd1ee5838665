import { createPointers } from '#adapters/dynamo/messages/pointers.ts';
import { receive } from '#core/messages/receipts.ts';
import { isVisible } from '#core/push/visibility.ts';
import type { Socket } from '#lambdas/kit/socket.ts';
import type { Result } from '#protocol/failures.ts';
import type { SendReceipt } from '#protocol/receipts.ts';
import { changes, sessions, table } from './dependencies.ts';

const store = {
  ...createPointers(table, changes.reached),
  isVisible: (socket: Socket, now: number) => isVisible(sessions, socket, now),
};

/** Moves a member's pointer. The function `message-stream` delivers the receipt. */
export function receipt(socket: Socket, request: SendReceipt): Promise<Result<object>> {
  return receive(store, socket, request, Date.now());
}
