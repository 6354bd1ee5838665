import { conversationIdOf } from '#adapters/dynamo/messages/keys.ts';
import { changeIn } from '#adapters/dynamo/messages/stream.ts';
import { deliverFromStream } from '#core/delivery/changes.ts';
import { chatStores } from '#lambdas/kit/conversation-dependencies.ts';
import { streamHandler } from '#lambdas/kit/stream.ts';

const { changes, delivery } = chatStores();
const ports = { ...delivery, at: changes.at };

/**
 * Delivers changes of large conversations. All changes of a conversation in a batch are sent together, in as few frames as
 * possible.
 */
export const handler = streamHandler((pk, records) =>
  deliverFromStream(ports, conversationIdOf(pk), records.map(changeIn)),
);
