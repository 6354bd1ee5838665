import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '#lib/acknowledge.ts';
import type { Alarms } from './alarms.ts';
import type { AppFunction } from './app-function.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';

export interface StreamReaderProps {
  readonly fn: AppFunction;
  readonly alarms: Alarms;
  /** Patterns ("Filter rule syntax" of the Lambda guide); a record that fits none costs nothing. */
  readonly filters: readonly Readonly<Record<string, unknown>>[];
  readonly batchSize: number;
  /**
   * Batches of one shard at once. Only those of one item stay in order ("Using Lambda with Amazon DynamoDB"), so what belongs to one
   * partition comes together with a parallelization of 1 only.
   */
  readonly parallelization: number;
  /** How long a batch is gathered; not at all unless given. */
  readonly window?: Duration;
}

/**
 * A function that reads a table's stream. What fails is tried again and split until the bad record is alone; that is then told
 * to a queue with an alarm (where it was in the stream; the stream has it for 24 hours). A stream may have two readers at most
 * ("Working with streams" of the DynamoDB guide).
 */
export class StreamReader extends Construct {
  constructor(
    table: Table,
    id: string,
    { fn, alarms, filters, batchSize, parallelization, window }: StreamReaderProps,
  ) {
    super(table, id);
    const discarded = new DeadLetterQueue(this, 'Discarded', {
      alarms,
      alarmId: `${id}Discarded`,
      alarmText: `The ${id} function gave up records of the stream; the queue says which.`,
    });
    acknowledge(discarded, 'SQS3', 'It is where failures end: nothing reads it but people.');
    fn.addEventSource(
      new DynamoEventSource(table, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize,
        parallelizationFactor: parallelization,
        ...(window && { maxBatchingWindow: window }),
        filters: filters.map((filter) => FilterCriteria.filter(filter)),
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        retryAttempts: 5,
        maxRecordAge: Duration.hours(1),
        onFailure: new SqsDlq(discarded),
      }),
    );
    acknowledgeWildcard(fn.role, '*', 'Streams can only be listed as a whole.');
  }
}
