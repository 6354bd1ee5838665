import { createPointers } from '../../adapters/dynamo/pointers.ts';
import { receive } from '../../core/messages/receipts.ts';
import type { Result } from '../../protocol/failures.ts';
import { limits } from '../../protocol/limits.ts';
import type { SendReceipt } from '../../protocol/receipts.ts';
import type { Socket } from '../kit/socket.ts';
import { changes, conversations, deliver, listeners, sessions, table } from './stores.ts';

const store = { ...createPointers(table), upTo: changes.upTo };

/** Moves a pointer. In rooms that aren't too large everyone sees it; in larger ones only one's own devices do. */
export async function receipt({ userId, connectionId }: Socket, request: SendReceipt): Promise<Result<object>> {
  const result = await receive(store, userId, request);
  if ('error' in result) return result;
  const { event } = result.ok;
  if (!event) return { ok: {} };
  const conversation = result.ok.conversation ?? (await conversations.load(request.conversationId, [userId]));
  const connections =
    conversation && conversation.memberCount <= limits.receiptMembers
      ? await listeners(conversation, Number.POSITIVE_INFINITY)
      : await sessions.connectionsOf([userId], Date.now());
  await deliver(
    [event],
    connections.filter((connection) => connection.connectionId !== connectionId),
  );
  return { ok: {} };
}
