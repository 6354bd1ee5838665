import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';
import type { AppFunction } from './app-function.ts';

/** Segments of the search index that are to be built. One that is lost is built by the next search that meets its place. */
export class SearchIndex extends Construct {
  private readonly queue: Queue;

  constructor(scope: Construct, id: string, alarms: Alarms) {
    super(scope, id);
    const dead = new Queue(this, 'Dead', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // Six times the consumer's timeout ("Creating and configuring an Amazon SQS event source mapping").
      visibilityTimeout: Duration.seconds(60),
      deadLetterQueue: { queue: dead, maxReceiveCount: 5 },
    });
    alarms.whenAny(
      'SearchIndexDead',
      dead.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      'Segments of the search index could not be built. Searches build them, and are slower until then; deleted words may be left in them.',
    );
  }

  grantAdd(fn: AppFunction): void {
    this.queue.grant(fn, 'sqs:SendMessage');
    fn.addEnvironment('INDEX_QUEUE_URL', this.queue.queueUrl);
  }

  /** The function handles batches and answers which of their records failed. */
  feed(fn: AppFunction): void {
    fn.addEventSource(
      new SqsEventSource(this.queue, { batchSize: 5, reportBatchItemFailures: true, maxConcurrency: 10 }),
    );
  }
}
