import { segmentIn } from '#adapters/dynamo/messages/segments.ts';
import type { StreamRecord } from '#adapters/dynamo/stream-record.ts';
import type { IndexJob } from '#adapters/queues/index-jobs.ts';
import { createQueue } from '#adapters/queues/queue.ts';
import { setting } from '#lambdas/kit/environment.ts';

const jobs = createQueue<IndexJob>(setting('INDEX_JOBS_QUEUE_URL'));

/** Has segments of the search index built: those that have all of their changes, and those of which too much was revised. */
export async function index(conversationId: string, records: readonly StreamRecord[]): Promise<void> {
  const segments = new Set(records.flatMap((record) => segmentIn(record) ?? []));
  await jobs.sendAll([...segments].map((segment) => ({ conversationId, segment })));
}
