import type { Sessions } from '#adapters/dynamo/connections/sessions.ts';
import type { Changes } from '#adapters/dynamo/messages/changes.ts';
import { createPointers } from '#adapters/dynamo/messages/pointers.ts';
import type { Table } from '#adapters/dynamo/table.ts';
import { receive } from '#core/messages/receipts.ts';
import { isVisible } from '#core/push/visibility.ts';
import type { Result } from '#protocol/failures.ts';
import type { ReceiptReport } from '#protocol/receipts.ts';
import type { Socket } from './socket.ts';

/** Moves members' pointers. The function `message-stream` delivers the receipts. */
export function createReceipts(table: Table, changes: Changes, sessions: Sessions) {
  const store = {
    ...createPointers(table, changes.reached),
    isVisible: (socket: Socket, now: number) => isVisible(sessions, socket, now),
  };
  return (socket: Socket, receipts: readonly ReceiptReport[]): Promise<Result<object>> =>
    receive(store, socket, receipts, Date.now());
}
