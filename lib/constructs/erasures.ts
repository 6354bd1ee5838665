import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';
import type { AppFunction } from './app-function.ts';

/** Accounts that are being erased. What fails again and again rests in a dead-letter queue, for people to look at. */
export class Erasures extends Construct {
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
      visibilityTimeout: Duration.seconds(6 * 29),
      deadLetterQueue: { queue: dead, maxReceiveCount: 10 },
    });
    alarms.whenAny(
      'ErasuresDead',
      dead.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      'An account could not be erased. Find out why, and move the message back: it goes on where it stopped.',
    );
  }

  grantAdd(fn: AppFunction): void {
    this.queue.grant(fn, 'sqs:SendMessage');
    fn.addEnvironment('ERASURES_QUEUE_URL', this.queue.queueUrl);
  }

  /** The function handles batches and answers which of their records failed. */
  feed(fn: AppFunction): void {
    fn.addEventSource(
      new SqsEventSource(this.queue, { batchSize: 1, reportBatchItemFailures: true, maxConcurrency: 5 }),
    );
  }
}
