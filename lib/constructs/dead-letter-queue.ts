import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';

export interface DeadLetterQueueProps {
  readonly alarms: Alarms;
  /** The construct id of the alarm. */
  readonly alarmId: string;
  /** The text of the alarm: what could not be done, what that means for users, and what to do. */
  readonly alarmText: string;
}

/**
 * A queue for messages that failed too often. They are kept for 14 days, the maximum of SQS, and an alarm is raised until it is
 * empty.
 */
export class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string, { alarms, alarmId, alarmText }: DeadLetterQueueProps) {
    super(scope, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const waiting = this.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) });
    alarms.whenAny(alarmId, waiting, alarmText);
  }
}
