import { createSending } from '#adapters/dynamo/messages/sending.ts';
import { runtime } from '#adapters/runtime.ts';
import { isoTime } from '#core/clock.ts';
import { audienceOf, deliverMessage } from '#core/delivery/changes.ts';
import { send } from '#core/messages/send.ts';
import { afterAnswer } from '#lambdas/kit/after-answer.ts';
import { chatStores } from '#lambdas/kit/conversation-dependencies.ts';
import { closeHammering } from '#lambdas/kit/hammering.ts';
import { count, note } from '#lambdas/kit/invocation.ts';
import { rates } from '#lambdas/kit/rates.ts';
import { frameHandler } from '#lambdas/kit/socket.ts';
import { SendMessage, type Sent } from '#protocol/frames.ts';
import { createAnnouncing } from './announcing.ts';
import { createAttachments } from './attachments.ts';

// An ack doesn't wait for the removal of dead sockets. One that is lost is repeated by the next delivery to them.
const { client, table, changes, conversations, sessions, delivery } = chatStores(afterAnswer);
const store = { ...runtime, ...createSending(table, changes, conversations, rates().messages) };
const announce = createAnnouncing(table);
const attachments = createAttachments(client, conversations);

/** The search for an old message id reads pages of 200 changes. A page is charged as this many frames. */
const framesPerSearchedPage = 10;

/**
 * The action `message`. It stores a message and delivers it to all sockets of the members who see it, but not to the one that
 * sent it.
 */
export const handler = frameHandler(SendMessage, closeHammering(sessions), async (socket, request, charge) => {
  const { userId, connectionId } = socket;
  const { id, conversationId, text = '', mediaIds, replyTo, after } = request;
  const result = await send(
    store,
    { conversationId, senderId: userId, clientId: id, text, mediaIds, replyTo: replyTo ?? null, after },
    {
      audienceOf: (conversation, seq) => audienceOf(delivery, conversation, seq),
      attachments: mediaIds && attachments(userId, conversationId, mediaIds),
      announce: ({ conversationId, seq }) => announce(conversationId, seq),
      searching: () => charge(framesPerSearchedPage),
    },
  );
  if ('error' in result) return result;
  const { message, audience } = result.ok;
  count('MessagesAccepted');
  note({ conversationId, seq: message.seq });
  await deliverMessage(delivery, message, audience?.connections ?? [], { connectionId });
  const sent: Sent = { seq: message.seq, sentAt: isoTime(message.sentAt) };
  return { ok: sent };
});
