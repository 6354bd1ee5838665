import { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { Delivery } from '#adapters/queues/deliveries.ts';
import { countPosts, deliveryOf } from '#lambdas/kit/deliver.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { logger } from '#lambdas/kit/log.ts';
import { queueHandler } from '#lambdas/kit/queue.ts';

const sessions = createSessions(createTable(createClient(), setting('CONNECTIONS_TABLE')));
const { post } = deliveryOf(sessions);

/** How long posts of a frame are tried before it is sent to the queue again, in ms. */
const patienceMs = 5_000;

/** Posts the frames of the queue Deliveries: those for the connections of a large room, and those that failed before. */
export const handler = queueHandler(Delivery, async (delivery) => {
  const { delivered, gone, failed, requests, reason, left } = await post(delivery, patienceMs);
  countPosts({ delivered, gone: gone.length, failed: failed.length, requests }, delivery);
  if (failed.length > 0)
    logger.warn('Connections could not be reached', { tries: delivery.tries, failed: failed.length, reason });
  return left ? 'retry' : 'done';
});
