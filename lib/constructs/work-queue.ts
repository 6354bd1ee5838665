import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { IdBefore } from '#lib/alarms/catalogue.ts';
import { constantCase } from '#lib/names.ts';
import type { Alarms } from './alarms.ts';
import type { AppFunction } from './app-function.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';

export interface WorkQueueProps {
  /** The function that works on the messages. Its handler is a `queueHandler` (lambdas/kit/queue.ts). */
  readonly consumer: AppFunction;
  /** The most messages that one invocation gets. The handler works on all of them at the same time. */
  readonly batchSize: number;
  /** The most invocations at the same time; 2 at least ("Configuring scaling behavior for SQS event source mappings"). */
  readonly maxConcurrency: number;
  /** A message that was received this often without success goes to the dead-letter queue. */
  readonly maxReceiveCount: number;
  /**
   * Whether messages of a group come in order, one batch of at most 10 at a time, and a message that is sent twice within 5 minutes comes
   * once. The handler is a `groupedQueueHandler` then.
   */
  readonly fifo?: boolean;
  /**
   * What a restore does with jobs that wait: `purge` them, because they say what was so in the former tables, or `keep` them, because
   * somebody asked for what they do, and the consumer looks at what there is by then (decision 0124).
   */
  readonly afterRestore: 'purge' | 'keep';
  readonly alarms: Alarms;
}

/** A queue, the function that handles its messages, and a dead-letter queue with an alarm for messages that fail too often. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  /** The URLs of the queues that a restore purges. */
  readonly purgedByRestore: readonly string[];

  constructor(scope: Construct, id: IdBefore<'Dead'>, props: WorkQueueProps) {
    super(scope, id);
    const { consumer, batchSize, maxConcurrency, maxReceiveCount, fifo, afterRestore, alarms } = props;
    const dead = new DeadLetterQueue(this, 'Dead', { alarms, alarm: `${id}Dead`, fifo });
    this.queue = new Queue(this, 'Queue', {
      // The limits of a FIFO queue then hold for each group, and no longer for the queue ("High throughput for FIFO queues").
      ...(fifo && {
        fifo,
        contentBasedDeduplication: true,
        deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
        fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      }),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // AWS recommends six times the function's timeout, so that Lambda has time to try a throttled batch again ("Creating and
      // configuring an Amazon SQS event source mapping"). Of a FIFO queue, that would hold up the whole group if a function dies before its
      // handler sets a time of its own (`hidden`). Lambda wants the timeout at least.
      visibilityTimeout: Duration.seconds((fifo ? 1 : 6) * consumer.timeout.toSeconds()),
      deadLetterQueue: { queue: dead, maxReceiveCount },
    });
    this.purgedByRestore = afterRestore === 'purge' ? [this.queue.queueUrl, dead.queueUrl] : [];
    consumer.entry.addEventSource(
      new SqsEventSource(this.queue, { batchSize, maxConcurrency, reportBatchItemFailures: true }),
    );
  }

  /** Lets a function send messages to the queue. */
  grantSend(fn: AppFunction): void {
    this.queue.grant(fn, 'sqs:SendMessage');
    this.grantName(fn);
  }

  /** Tells a function the queue's URL, in `<ID OF THE QUEUE>_QUEUE_URL`. */
  grantName(fn: AppFunction): void {
    fn.addEnvironment(`${constantCase(this.node.id)}_QUEUE_URL`, this.queue.queueUrl);
  }
}
