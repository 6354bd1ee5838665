import { conversationIdOf } from '#adapters/dynamo/messages/keys.ts';
import { changeIn } from '#adapters/dynamo/messages/stream.ts';
import type { PacedChanges } from '#adapters/queues/paced-changes.ts';
import { createQueue } from '#adapters/queues/queue.ts';
import { deliverFromStream } from '#core/delivery/changes.ts';
import { chatStores } from '#lambdas/kit/conversation-dependencies.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { currentCorrelationId } from '#lambdas/kit/invocation.ts';
import { streamHandler } from '#lambdas/kit/stream.ts';

const { changes, delivery } = chatStores();
const paced = createQueue<PacedChanges>(setting('PACED_CHANGES_QUEUE_URL'), ({ conversationId }) => conversationId);
const ports = {
  ...delivery,
  at: changes.at,
  handOver: (conversationId: string, seqs: readonly number[]) =>
    paced.send({ conversationId, seqs: [...seqs], correlationId: currentCorrelationId() }),
};

/**
 * Delivers changes of large conversations. All changes of a conversation in a batch are sent together, in as few frames as
 * possible. Those of rooms that are posted to at a pace are handed over, so that they don't keep the other rooms of the shard waiting.
 */
export const handler = streamHandler((pk, records) =>
  deliverFromStream(ports, conversationIdOf(pk), records.map(changeIn)),
);
