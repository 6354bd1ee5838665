import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { correlationIdOf, type StreamRecord, streamRecord } from '#adapters/dynamo/stream-record.ts';
import { correlated, count, invocation, measure } from './invocation.ts';
import { asError, logger } from './log.ts';

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
  return invocation<DynamoDBStreamEvent, DynamoDBBatchResponse>(() => undefined).handler(async ({ Records }) => {
    measureLag(Records);
    const partitions = Map.groupBy(
      Records.keys(),
      (i) => Records[i]?.dynamodb?.Keys?.[partitionKey]?.S ?? '',
    ).entries();
    let firstFailed = Records.length;
    async function work() {
      for (const [pk, indexes] of partitions) {
        try {
          const records = indexes.flatMap((i) => Records[i] ?? []).map((record) => streamRecord(record, partitionKey));
          await correlated(records.map(correlationIdOf).join(' '), () => run(pk, records));
        } catch (error) {
          logger.error('Records of the stream failed', asError(error));
          firstFailed = Math.min(firstFailed, ...indexes);
        }
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work));
    if (firstFailed < Records.length) count('Retries');
    if (firstFailed === 0 && Records.length > 1) throw new Error('The first record of the batch failed');
    const itemIdentifier = Records[firstFailed]?.dynamodb?.SequenceNumber;
    return { batchItemFailures: itemIdentifier === undefined ? [] : [{ itemIdentifier }] };
  });
}

/** Measures the age of a batch's oldest record. */
function measureLag(records: readonly DynamoDBRecord[]): void {
  const seconds = records.flatMap(({ dynamodb }) => dynamodb?.ApproximateCreationDateTime ?? []);
  if (seconds.length > 0) measure('StreamLag', Math.max(0, Date.now() - 1_000 * Math.min(...seconds)), 'Milliseconds');
}
