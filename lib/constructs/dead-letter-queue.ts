import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';

export interface DeadLetterQueueProps {
  readonly alarms: Alarms;
  /** The id of the alarm among all others. */
  readonly alarmId: string;
  /** For whoever gets the alarm: what could not be done, and what follows from it. */
  readonly alarmText: string;
}

/** Where work ends that failed for good. It keeps that for 14 days, the longest that SQS can, and raises an alarm until it is empty. */
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
