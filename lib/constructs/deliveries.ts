import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';
import type { AppFunction } from './app-function.ts';

/** Frames for the poster function: parts of large rooms, and what API Gateway did not take. */
export class Deliveries extends Construct {
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
      deadLetterQueue: { queue: dead, maxReceiveCount: 3 },
    });
    alarms.whenAny(
      'DeliveriesDead',
      dead.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      'Frames could not be delivered for minutes; they are in the dead-letter queue. Clients catch up by themselves.',
    );
  }

  grantAdd(fn: AppFunction): void {
    this.queue.grant(fn, 'sqs:SendMessage');
    fn.addEnvironment('DELIVERIES_QUEUE_URL', this.queue.queueUrl);
  }

  /** The function handles batches and answers which of their records failed. */
  feed(fn: AppFunction): void {
    fn.addEventSource(
      // Five posters of 500 sockets are about what an account may post in a second (10 000, "Amazon API Gateway quotas").
      new SqsEventSource(this.queue, { batchSize: 1, reportBatchItemFailures: true, maxConcurrency: 5 }),
    );
  }
}
