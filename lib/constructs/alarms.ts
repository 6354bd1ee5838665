import { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Settings } from '#lib/settings.ts';

/** The alarms of the stack, and the SNS topic to which they are sent. The topic sends mails to `alertEmail`, if that is set. */
export class Alarms extends Construct {
  private readonly topic: Topic;
  /** The alarms that stop a release while its code takes over, and have the former code back. CodeDeploy takes at most 10. */
  readonly guards: Alarm[] = [];

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { enforceSSL: true });
    // The policy of the topic (`enforceSSL`) replaces the default one, which would allow CloudWatch to publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    if (settings.alertEmail) this.topic.addSubscription(new EmailSubscription(settings.alertEmail));
  }

  /** Adds an alarm that is raised while the metric is above zero. `description` is the text for whoever gets the alarm. */
  whenAny(id: string, metric: IMetric, description: string): void {
    this.whenMoreThan(id, { metric, count: 0 }, description);
  }

  /** Adds an alarm that is raised while the metric is above a count, in each of its periods. */
  whenMoreThan(id: string, { metric, count }: { metric: IMetric; count: number }, description: string): Alarm {
    const alarm = new Alarm(this, id, {
      metric,
      threshold: count,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: description,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
    return alarm;
  }

  /** Adds an alarm as `whenMoreThan` does, which also guards releases. It must not stay raised after its cause is gone. */
  guardReleases(id: string, what: { metric: IMetric; count: number }, description: string): void {
    this.guards.push(this.whenMoreThan(id, what, description));
  }
}
