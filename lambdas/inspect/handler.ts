import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createMedia } from '#adapters/dynamo/media/media.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { cleanFile } from '#adapters/media/clean.ts';
import { createMediaFiles } from '#adapters/s3/media-files.ts';
import { type InspectPorts, inspect } from '#core/media/inspect.ts';
import { mediaView } from '#core/media/media.ts';
import { deliverer } from '#lambdas/kit/deliver.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { asError, correlated, logger } from '#lambdas/kit/log.ts';
import { count } from '#lambdas/kit/metrics.ts';
import { uploadsIn } from './uploads.ts';

const client = createClient();
const sessions = createSessions(createTable(client, setting('CONNECTIONS_TABLE')));
const deliver = deliverer(sessions);
const ports: InspectPorts = {
  store: createMedia(client, createTable(client, setting('MEDIA_TABLE'))),
  files: createMediaFiles(setting('MEDIA_BUCKET')),
  clean: cleanFile,
  rejected({ id, contentType }, reason) {
    logger.warn('An upload was rejected', { mediaId: id, contentType, reason });
    count({ Rejected: 1 });
  },
};

/** Looks at what was uploaded, and tells its uploader's devices. */
export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(correlated<SQSEvent>((event) => event.Records[0]?.messageId))
  .handler(async ({ Records }) => {
    const failed = [];
    // One after the other: an image may need all the memory.
    for (const record of Records) if (!(await attempt(record))) failed.push({ itemIdentifier: record.messageId });
    return { batchItemFailures: failed };
  });

/** False when it has to be done again. */
async function attempt(record: SQSRecord): Promise<boolean> {
  try {
    for (const { mediaId, at } of uploadsIn(record.body)) {
      const inspected = await inspect(ports, mediaId, at, Date.now());
      if (inspected === 'unknown') return false;
      if (inspected === 'gone') continue;
      const { ownerId } = inspected.settled;
      await deliver(
        [{ type: 'media', ...mediaView(inspected.settled) }],
        await sessions.connectionsOf([ownerId], Date.now()),
      );
    }
    return true;
  } catch (error) {
    logger.error('An upload could not be looked at', asError(error));
    return false;
  }
}
