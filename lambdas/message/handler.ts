import { createSending } from '../../adapters/dynamo/sending.ts';
import { isoTime } from '../../core/clock.ts';
import { eventOf } from '../../core/messages/change.ts';
import { send } from '../../core/messages/send.ts';
import { SendMessage, type Sent } from '../../protocol/frames.ts';
import { invalid } from '../kit/invalid.ts';
import { frameHandler } from '../kit/socket.ts';
import { chatStores } from '../kit/stores.ts';

const { table, changes, conversations, listeners, deliver } = chatStores();
const store = createSending(table, changes, conversations);

/** The `message` action: stores a message and gives it to every device of every member but the one that sent it. */
export const handler = frameHandler(async ({ userId, connectionId }, frame) => {
  const request = SendMessage.safeParse(frame);
  if (!request.success) return invalid(request.error);
  const { id, conversationId, text, replyTo, after } = request.data;
  const result = await send(
    store,
    { conversationId, senderId: userId, clientId: id, text, replyTo: replyTo ?? null, after },
    { clock: Date.now, listen: (conversation) => listeners(conversation, conversation.seq) },
  );
  if ('error' in result) return result;
  const { message, listeners: connections = [] } = result.ok;
  await deliver(
    [eventOf(message)],
    connections.filter((connection) => connection.connectionId !== connectionId),
  );
  const sent: Sent = { seq: message.seq, sentAt: isoTime(message.sentAt) };
  return { ok: sent };
});
