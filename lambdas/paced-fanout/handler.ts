import { createTurns } from '#adapters/dynamo/messages/turns.ts';
import { PacedChanges } from '#adapters/queues/paced-changes.ts';
import { createQueue } from '#adapters/queues/queue.ts';
import { deliverPaced } from '#core/delivery/changes.ts';
import { createPacing } from '#core/delivery/pacing.ts';
import { chatStores } from '#lambdas/kit/conversation-dependencies.ts';
import { deliverer } from '#lambdas/kit/deliver.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { groupedQueueHandler } from '#lambdas/kit/queue.ts';

const { changes, delivery, sessions, table } = chatStores();
const startPace = createPacing({
  ...delivery,
  requestsPerSecond: Number(setting('REQUESTS_PER_SECOND')),
  takeTurn: createTurns(table),
});
const ports = { ...delivery, at: changes.at, deliver: deliverer(sessions, { startPace }) };
const queue = createQueue<PacedChanges>(setting('PACED_CHANGES_QUEUE_URL'));

/**
 * Delivers changes of rooms that are posted to at a pace. All that a batch has of a room, which is a group, is sent together, in as few
 * frames as possible. It runs until the last frame's turn is over, so that what is written meanwhile waits, and is gathered.
 */
export const handler = groupedQueueHandler(PacedChanges, queue.postpone, async ([first, ...others]) => {
  const seqs = [first, ...others].flatMap((part) => part.seqs);
  await deliverPaced(ports, first.conversationId, seqs);
});
