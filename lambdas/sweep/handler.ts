import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { createMediaFiles } from '#adapters/s3/media-files.ts';
import { objectKeys } from '#core/media/media.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { asError, correlated, logger } from '#lambdas/kit/log.ts';

const files = createMediaFiles(setting('MEDIA_BUCKET'));

/** Removes the bytes of files whose rows have gone, whatever the reason. */
export const handler = middy<DynamoDBStreamEvent, DynamoDBBatchResponse>()
  .use(correlated<DynamoDBStreamEvent>((event) => event.Records[0]?.eventID))
  .handler(async ({ Records }) => {
    for (const record of Records) {
      try {
        await sweep(record);
      } catch (error) {
        logger.error('Objects could not be removed', asError(error));
        // What comes after it is tried again, too.
        return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }] };
      }
    }
    return { batchItemFailures: [] };
  });

async function sweep({ dynamodb }: DynamoDBRecord): Promise<void> {
  const id = dynamodb?.Keys?.['pk']?.S ?? '';
  const keys = await Promise.all(objectKeys.foldersOf(id).map(files.keysBelow));
  await files.remove([objectKeys.upload(id), ...keys.flat()]);
}
