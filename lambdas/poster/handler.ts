import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { Delivery } from '#adapters/queues/deliveries.ts';
import { deliveryOf } from '#lambdas/kit/deliver.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { correlated, logger } from '#lambdas/kit/log.ts';
import { count } from '#lambdas/kit/metrics.ts';

const sessions = createSessions(createTable(createClient(), setting('CONNECTIONS_TABLE')));
const { post } = deliveryOf(sessions);

/** How long one frame's posts are tried before the queue waits again, in ms. */
const patienceMs = 5_000;

/** Posts frames from the queue: a part of a large room's, or what could not be delivered before. */
export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(correlated<SQSEvent>((event) => event.Records[0]?.messageId))
  .handler(async ({ Records }) => {
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    for (const record of Records)
      if (!(await succeeds(record))) batchItemFailures.push({ itemIdentifier: record.messageId });
    return { batchItemFailures };
  });

async function succeeds({ body }: SQSRecord): Promise<boolean> {
  try {
    const delivery = Delivery.parse(JSON.parse(body));
    const { delivered, gone, failed, reason, left } = await post(delivery, patienceMs);
    count({ Delivered: delivered, Gone: gone.length, Undelivered: failed.length });
    const { correlationId, attempts } = delivery;
    if (failed.length > 0)
      logger.warn('Connections could not be reached', { correlationId, attempts, failed: failed.length, reason });
    return !left;
  } catch (error) {
    logger.error('A delivery failed', error instanceof Error ? error : String(error));
    return false;
  }
}
