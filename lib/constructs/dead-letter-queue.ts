import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { AlarmName, CompositeName } from '#lib/alarms/catalogue.ts';
import type { Alarms } from './alarms.ts';

export interface DeadLetterQueueProps {
  readonly alarms: Alarms;
  readonly alarm: Exclude<AlarmName, CompositeName>;
  /** Whether it is that of a FIFO queue, which must be one, too. */
  readonly fifo?: boolean | undefined;
}

/**
 * A queue for messages that failed too often. They are kept for 14 days, the maximum of SQS, and an alarm is raised until it is
 * empty.
 */
export class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string, { alarms, alarm, fifo }: DeadLetterQueueProps) {
    super(scope, id, {
      ...(fifo && { fifo }),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const waiting = this.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) });
    alarms.raise(alarm, { metric: waiting, above: 0 });
  }
}
