import { createReceipts } from '#lambdas/kit/receipts.ts';
import type { Socket } from '#lambdas/kit/socket.ts';
import type { Result } from '#protocol/failures.ts';
import type { SendReceipt } from '#protocol/receipts.ts';
import { changes, sessions, table } from './dependencies.ts';

const move = createReceipts(table, changes, sessions);

/** Moves a member's pointer. */
export function receipt(socket: Socket, { conversationId, seq, status }: SendReceipt): Promise<Result<object>> {
  return move(socket, [{ conversationId, seq, status }]);
}
