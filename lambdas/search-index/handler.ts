import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { createClient } from '#adapters/dynamo/client.ts';
import { createChanges } from '#adapters/dynamo/messages/changes.ts';
import { createSegments } from '#adapters/dynamo/messages/segments.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { IndexJob } from '#adapters/queues/index-jobs.ts';
import { ensureSegment } from '#core/search/build.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { correlated, logger } from '#lambdas/kit/log.ts';
import { count } from '#lambdas/kit/metrics.ts';

const client = createClient();
const table = createTable(client, setting('MESSAGES_TABLE'));
const store = { ...createChanges(client, table), ...createSegments(table) };

/** Builds segments of the search index from the queue. */
export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(correlated<SQSEvent>((event) => event.Records[0]?.messageId))
  .handler(async ({ Records }) => {
    const failed = await Promise.all(Records.map(async (record) => ((await succeeds(record)) ? [] : record.messageId)));
    return { batchItemFailures: failed.flat().map((itemIdentifier) => ({ itemIdentifier })) };
  });

async function succeeds({ body }: SQSRecord): Promise<boolean> {
  try {
    const { conversationId, segment } = IndexJob.parse(JSON.parse(body));
    const built = await ensureSegment(store, conversationId, segment);
    count({ SegmentsBuilt: built ? 1 : 0 });
    return true;
  } catch (error) {
    logger.error('A segment of the search index could not be built', error instanceof Error ? error : String(error));
    return false;
  }
}
