import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { Job } from '#adapters/queues/pushes.ts';
import { push } from '#core/push/push.ts';
import { retryDelay } from '#core/push/retry.ts';
import { asError, correlated, logger } from '#lambdas/kit/log.ts';
import { count } from '#lambdas/kit/metrics.ts';
import { notify, pushes, store } from './dependencies.ts';

/** Notifies people who are away. What a push service doesn't take comes again, in the end to the dead-letter queue. */
export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(correlated<SQSEvent>((event) => event.Records[0]?.messageId))
  .handler(async ({ Records }) => {
    const failed = await Promise.all(
      Records.map(async (record) => ((await succeeds(record)) ? [] : [{ itemIdentifier: record.messageId }])),
    );
    return { batchItemFailures: failed.flat() };
  });

async function succeeds({ body, receiptHandle, attributes }: SQSRecord): Promise<boolean> {
  try {
    const { sent, gone, failures, retryAfterMs } = await push(store, notify, Job.parse(JSON.parse(body)), Date.now());
    count({ Pushed: sent, PushGone: gone, PushFailed: failures.length });
    if (failures.length === 0) return true;
    logger.warn('Push services did not take a notification', { failures });
    await pushes.postpone(receiptHandle, retryDelay(Number(attributes.ApproximateReceiveCount), retryAfterMs));
  } catch (error) {
    logger.error('A push failed', asError(error));
  }
  return false;
}
