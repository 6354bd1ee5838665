import { createClient } from '#adapters/dynamo/client.ts';
import { createChanges } from '#adapters/dynamo/messages/changes.ts';
import { createSegments } from '#adapters/dynamo/messages/segments.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { IndexJob } from '#adapters/queues/index-jobs.ts';
import { runtime } from '#adapters/runtime.ts';
import { ensureSegment } from '#core/search/build.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { logUnknownChanges } from '#lambdas/kit/log.ts';
import { queueHandler } from '#lambdas/kit/queue.ts';

const client = createClient();
const table = createTable(client, setting('MESSAGES_TABLE'));
const store = { ...runtime, ...createChanges(client, table, logUnknownChanges), ...createSegments(table) };

/** Builds the segments of the search index that the queue IndexJobs names. */
export const handler = queueHandler(IndexJob, async ({ conversationId, segment }) => {
  await ensureSegment(store, conversationId, segment);
  return 'done';
});
