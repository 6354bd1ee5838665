import { conversationIdOf } from '#adapters/dynamo/messages/keys.ts';
import { changeIn } from '#adapters/dynamo/messages/stream.ts';
import { deliverFromStream } from '#core/delivery/changes.ts';
import { chatStores } from '#lambdas/kit/conversation-dependencies.ts';
import { streamHandler } from '#lambdas/kit/stream.ts';

const { changes, delivery } = chatStores();
const ports = { ...delivery, at: changes.at };

/** Delivers the changes of large rooms: all that a batch has of a room goes to a socket in as few frames as hold it. */
export const handler = streamHandler((pk, records) =>
  deliverFromStream(ports, conversationIdOf(pk), records.map(changeIn)),
);
