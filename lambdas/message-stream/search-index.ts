import { segmentIn } from '#adapters/dynamo/messages/segments.ts';
import type { StreamRecord } from '#adapters/dynamo/stream-record.ts';
import type { IndexJob } from '#adapters/queues/index-jobs.ts';
import { createQueue } from '#adapters/queues/queue.ts';
import { setting } from '#lambdas/kit/environment.ts';

const jobs = createQueue<IndexJob>(setting('INDEX_JOBS_QUEUE_URL'));

/**
 * Queues the segments of the search index that have to be built, because they are complete or because too much in them was
 * revised.
 */
export async function index(conversationId: string, records: readonly StreamRecord[]): Promise<void> {
  const segments = new Set(records.flatMap((record) => segmentIn(record) ?? []));
  await jobs.sendAll([...segments].map((segment) => ({ conversationId, segment })));
}
