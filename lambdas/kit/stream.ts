import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { type StreamRecord, streamRecord } from '#adapters/dynamo/stream-record.ts';
import { asError, correlated, logger } from './log.ts';

/** How many partitions of a batch are handled at the same time. */
const atOnce = 16;

/**
 * The handler of a stream's batches. `run` gets the records of one partition in their order, and may get them more than once. If
 * it throws, Lambda sends the batch again from the first failed record on. If that is the first record of the batch, the handler
 * throws, so that Lambda splits the batch until the record that fails is alone ("Configuring partial batch response with DynamoDB
 * and Lambda").
 */
export function streamHandler(
  run: (pk: string, records: readonly StreamRecord[]) => Promise<void>,
  partitionKey = 'pk',
) {
  return middy<DynamoDBStreamEvent, DynamoDBBatchResponse>()
    .use(correlated<DynamoDBStreamEvent>((event) => event.Records[0]?.eventID))
    .handler(async ({ Records }) => {
      const partitions = Map.groupBy(
        Records.keys(),
        (i) => Records[i]?.dynamodb?.Keys?.[partitionKey]?.S ?? '',
      ).entries();
      let firstFailed = Records.length;
      async function work() {
        for (const [pk, indexes] of partitions) {
          try {
            await run(
              pk,
              indexes.flatMap((i) => Records[i] ?? []).map((record) => streamRecord(record, partitionKey)),
            );
          } catch (error) {
            logger.error('Records of the stream failed', asError(error));
            firstFailed = Math.min(firstFailed, ...indexes);
          }
        }
      }
      await Promise.all(Array.from({ length: atOnce }, work));
      if (firstFailed === 0 && Records.length > 1) throw new Error('The first record of the batch failed');
      const itemIdentifier = Records[firstFailed]?.dynamodb?.SequenceNumber;
      return { batchItemFailures: itemIdentifier === undefined ? [] : [{ itemIdentifier }] };
    });
}
