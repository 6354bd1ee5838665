import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';
import type { AppFunction } from './app-function.ts';

/** Who came and who went, for the function that tells their subscribers. */
export class PresenceChanges extends Construct {
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
      visibilityTimeout: Duration.seconds(174),
      deadLetterQueue: { queue: dead, maxReceiveCount: 3 },
    });
    alarms.whenAny(
      'PresenceDead',
      dead.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      'Changes of presence could not be told; they are in the dead-letter queue. Clients ask again with their next socket.',
    );
  }

  grantAdd(fn: AppFunction): void {
    this.queue.grant(fn, 'sqs:SendMessage');
    fn.addEnvironment('PRESENCE_QUEUE_URL', this.queue.queueUrl);
  }

  /** The function handles batches and answers which of their records failed. */
  feed(fn: AppFunction): void {
    fn.addEventSource(
      new SqsEventSource(this.queue, { batchSize: 10, reportBatchItemFailures: true, maxConcurrency: 10 }),
    );
  }
}
