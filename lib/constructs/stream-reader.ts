import { Duration, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '#lib/acknowledge.ts';
import type { Alarms } from './alarms.ts';
import type { AppFunction } from './app-function.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';

/**
 * How often a batch is tried again. The pauses grow, so these outlast two minutes in which the database is away, and a record that can't be handled
 * keeps those behind it waiting for no longer than some minutes (decision 0173).
 */
const retryAttempts = 20;

export interface StreamReaderProps {
  readonly fn: AppFunction;
  readonly alarms: Alarms;
  /** The filters of `stream-filters.ts`. A record is read if it matches one of them. */
  readonly filters: readonly Readonly<Record<string, unknown>>[];
  readonly batchSize: number;
  /**
   * How many batches of one shard are handled at the same time. Above 1, only records of the same item stay in order ("Using
   * Lambda with Amazon DynamoDB"), and records of the same partition may be in different batches.
   */
  readonly parallelization: number;
  /** How long Lambda gathers records for a batch. By default it doesn't wait. */
  readonly window?: Duration;
}

/**
 * Lets a function read a table's stream. A batch that fails is tried again in halves, until the record that fails is alone. After
 * its last try, its position in the stream is sent to a queue with an alarm, which all readers share: it has the function, too. The
 * record itself is in the stream for 24 hours. A stream should have at most two readers ("Working with streams" of the DynamoDB guide).
 */
export class StreamReader extends Construct {
  constructor(
    table: ITable,
    id: string,
    { fn, alarms, filters, batchSize, parallelization, window }: StreamReaderProps,
  ) {
    super(table, id);
    fn.entry.addEventSource(
      new DynamoEventSource(table, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize,
        parallelizationFactor: parallelization,
        ...(window && { maxBatchingWindow: window }),
        filters: filters.map((filter) => FilterCriteria.filter(filter)),
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        retryAttempts,
        maxRecordAge: Duration.hours(1),
        onFailure: new SqsDlq(discardedOf(Stack.of(table), alarms)),
      }),
    );
    acknowledgeWildcard(fn.role, '*', 'dynamodb:ListStreams can only be allowed for all streams.');
  }
}

function discardedOf(stack: Stack, alarms: Alarms): DeadLetterQueue {
  const there = stack.node.tryFindChild('Discarded');
  if (there instanceof DeadLetterQueue) return there;
  const discarded = new DeadLetterQueue(stack, 'Discarded', { alarms, alarm: 'RecordsDiscarded' });
  acknowledge(discarded, 'SQS3', 'It is a dead-letter queue itself, which only people read.');
  return discarded;
}
