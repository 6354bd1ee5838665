import { createSending } from '#adapters/dynamo/messages/sending.ts';
import { isoTime } from '#core/clock.ts';
import { messageOf } from '#core/messages/message.ts';
import { send } from '#core/messages/send.ts';
import { chatStores } from '#lambdas/kit/conversation-dependencies.ts';
import { invalid } from '#lambdas/kit/invalid.ts';
import { rates } from '#lambdas/kit/rate-limits.ts';
import { frameHandler } from '#lambdas/kit/socket.ts';
import { SendMessage, type Sent } from '#protocol/frames.ts';
import { createAttachments } from './attachments.ts';

const { client, table, changes, conversations, listeners, deliver } = chatStores();
const store = createSending(table, changes, conversations, rates().messages);
const attachments = createAttachments(client, conversations);

/** An old id is searched for in pages of 200 changes, each of them as much work as this many frames. */
const framesPerSearchedPage = 10;

/** The `message` action: stores a message and gives it to every device of every member but the one that sent it. */
export const handler = frameHandler(async ({ userId, connectionId }, frame, charge) => {
  const request = SendMessage.safeParse(frame);
  if (!request.success) return invalid(request.error);
  const { id, conversationId, text = '', mediaIds, replyTo, after } = request.data;
  const result = await send(
    store,
    { conversationId, senderId: userId, clientId: id, text, mediaIds, replyTo: replyTo ?? null, after },
    {
      clock: Date.now,
      listen: listeners,
      attachments: mediaIds && attachments(userId, conversationId, mediaIds),
      searching: () => charge(framesPerSearchedPage),
    },
  );
  if ('error' in result) return result;
  const { message, listeners: connections = [] } = result.ok;
  await deliver(
    [{ type: 'message', conversationId, seq: message.seq, message: messageOf(message) }],
    connections.filter((connection) => connection.connectionId !== connectionId),
  );
  const sent: Sent = { seq: message.seq, sentAt: isoTime(message.sentAt) };
  return { ok: sent };
});
