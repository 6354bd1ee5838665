import { createPointers } from '../../adapters/dynamo/pointers.ts';
import { receive } from '../../core/messages/receipts.ts';
import type { Result } from '../../protocol/failures.ts';
import { Command, type SendReceipt } from '../../protocol/frames.ts';
import { invalid } from '../kit/invalid.ts';
import { frameHandler, type Socket } from '../kit/socket.ts';
import { chatStores } from '../kit/stores.ts';

const { table, changes, conversations, sessions, listeners, deliver } = chatStores();
const store = { ...createPointers(table), upTo: changes.upTo };

/** In rooms up to this size everyone sees how far the others are; in larger ones only one's own devices do. */
const receiptMembers = 100;

/** The default route: every action but `message` and `ping`, and whatever is none. */
export const handler = frameHandler((socket, frame) => {
  const command = Command.safeParse(frame);
  if (!command.success) return Promise.resolve(invalid(command.error));
  return receipt(socket, command.data);
});

async function receipt({ userId, connectionId }: Socket, request: SendReceipt): Promise<Result<object>> {
  const result = await receive(store, userId, request);
  if ('error' in result) return result;
  const { event } = result.ok;
  if (!event) return { ok: {} };
  const conversation = result.ok.conversation ?? (await conversations.load(request.conversationId, [userId]));
  const connections =
    conversation && conversation.memberCount <= receiptMembers
      ? await listeners(conversation, Number.POSITIVE_INFINITY)
      : await sessions.connectionsOf([userId], Date.now());
  await deliver(
    [event],
    connections.filter((connection) => connection.connectionId !== connectionId),
  );
  return { ok: {} };
}
