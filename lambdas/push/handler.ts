import { PushJob } from '#adapters/queues/push-jobs.ts';
import { runtime } from '#adapters/runtime.ts';
import { look, lookAfterSeconds, secondLookAfterSeconds } from '#core/push/look.ts';
import type { LookJob, NotifyJob, TakeBackJob } from '#core/push/ports.ts';
import { push } from '#core/push/push.ts';
import { browserTries, retryDelay } from '#core/push/retry.ts';
import { takeBack } from '#core/push/take-back.ts';
import { count } from '#lambdas/kit/invocation.ts';
import { logger } from '#lambdas/kit/log.ts';
import { type Outcome, queueHandler } from '#lambdas/kit/queue.ts';
import { jobs, notify, store } from './dependencies.ts';

/** Works on the queue PushJobs: looks who misses a message, sends notifications, and takes them back. */
export const handler = queueHandler(PushJob, (job, { receiptHandle, attributes }) => {
  if ('userIds' in job) return lookWho(job);
  if ('takeBack' in job) return takeBackFrom(job);
  return sendTo(job, { receiptHandle, tries: Number(attributes.ApproximateReceiveCount) });
});

async function takeBackFrom(job: TakeBackJob): Promise<Outcome> {
  count('PushesSent', await takeBack(store, notify, job, Date.now()));
  return 'done';
}

async function lookWho(job: LookJob): Promise<Outcome> {
  const { due, again } = await look(store, job, Date.now());
  if (again) await jobs.send(again, secondLookAfterSeconds);
  await jobs.sendAll(due);
  return 'done';
}

/**
 * Sends the notifications of a job. If a push service fails, the job is received again after a delay, `browserTries` times at most.
 * If SNS or this function fails, it is up to the queue's `maxReceiveCount`.
 */
async function sendTo(
  job: NotifyJob,
  { receiptHandle, tries }: { receiptHandle: string; tries: number },
): Promise<Outcome> {
  const { sent, failures, again, retryAfterMs } = await push(store, notify, job, Date.now());
  count('PushesSent', sent);
  count('PushesFailed', failures.length);
  if (again === 'after a look') {
    const { userId, ...about } = job;
    await jobs.send({ userIds: [userId], ...about }, lookAfterSeconds);
    return 'done';
  }
  if (failures.length === 0) return 'done';
  logger.warn('Push services did not take a notification', { failures });
  if (again === 'no' || (again === 'for browsers' && tries >= browserTries)) return 'done';
  await jobs.postpone(receiptHandle, retryDelay(runtime.random, tries, retryAfterMs));
  return 'retry';
}
