import { changeIn } from '#adapters/dynamo/messages/stream.ts';
import type { StreamRecord } from '#adapters/dynamo/stream-record.ts';
import { createQueue } from '#adapters/queues/queue.ts';
import type { PushJob } from '#core/push/ports.ts';
import { findPushJobs } from '#core/push/recipients.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { delivery } from './dependencies.ts';

const jobs = createQueue<PushJob>(setting('PUSH_JOBS_QUEUE_URL'), ({ conversationId }) => conversationId);

/** Queues a push job for each member who may have to be notified of new messages of one conversation. */
export async function push(conversationId: string, records: readonly StreamRecord[]): Promise<void> {
  const messages = records.map(changeIn).filter((change) => change.type === 'message');
  await jobs.sendAll(await findPushJobs(delivery, conversationId, messages));
}
