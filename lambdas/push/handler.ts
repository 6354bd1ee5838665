import { PushJob } from '#adapters/queues/push-jobs.ts';
import { runtime } from '#adapters/runtime.ts';
import { push } from '#core/push/push.ts';
import { browserTries, retryDelay } from '#core/push/retry.ts';
import { count } from '#lambdas/kit/invocation.ts';
import { logger } from '#lambdas/kit/log.ts';
import { queueHandler } from '#lambdas/kit/queue.ts';
import { jobs, notify, store } from './dependencies.ts';

/**
 * Sends the notifications of the queue PushJobs. If a push service fails, the job is received again after a delay, `browserTries`
 * times at most. If SNS or this function fails, it is up to the queue's `maxReceiveCount`.
 */
export const handler = queueHandler(PushJob, async (job, { receiptHandle, attributes }) => {
  const { sent, failures, again, retryAfterMs } = await push(store, notify, job, Date.now());
  count('PushesSent', sent);
  count('PushesFailed', failures.length);
  if (failures.length === 0) return 'done';
  logger.warn('Push services did not take a notification', { failures });
  const tries = Number(attributes.ApproximateReceiveCount);
  if (again === 'no' || (again === 'for browsers' && tries >= browserTries)) return 'done';
  await jobs.postpone(receiptHandle, retryDelay(runtime.random, tries, retryAfterMs));
  return 'retry';
});
