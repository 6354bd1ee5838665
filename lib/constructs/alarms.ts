import { Stack } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmBase,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarmRule,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaAction, SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { type AlarmName, type CompositeName, catalogue, describe } from '#lib/alarms/catalogue.ts';
import type { Settings } from '#lib/settings.ts';

/** When an alarm is raised. */
export interface Watch {
  readonly metric: IMetric;
  /** It is raised while the metric is above this number. */
  readonly above: number;
  /** In how many of the last periods the metric has to be above it. In the last one, unless given. */
  readonly periods?: { readonly bad: number; readonly of: number };
  /** Whether a period without data is good, as it is unless given, or as bad as one above the number. */
  readonly missing?: 'good' | 'bad';
}

/**
 * The alarms of the stack, and the two SNS topics to which they are sent: `Urgent` gets what wakes someone, and `Topic` all else. Both
 * send mails to `alertEmail`, if that is set.
 */
export class Alarms extends Construct {
  readonly topics: { readonly usual: Topic; readonly urgent: Topic };
  /** The alarms that stop a release while its code takes over, and have the former code back. CodeDeploy takes at most 10. */
  readonly guards: Alarm[] = [];
  private readonly settings: Settings;
  private readonly raised = new Map<AlarmName, Alarm>();

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.settings = settings;
    this.topics = { usual: this.addTopic('Topic'), urgent: this.addTopic('Urgent') };
  }

  /** Adds an alarm. Its text is in the catalogue. */
  raise(
    name: Exclude<AlarmName, CompositeName>,
    { metric, above, periods = { bad: 1, of: 1 }, missing = 'good' }: Watch,
  ): Alarm {
    const alarm = new Alarm(this, name, {
      ...this.about(name),
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods.of,
      datapointsToAlarm: periods.bad,
      treatMissingData: missing === 'bad' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    this.tell(alarm, this.topics.usual);
    this.raised.set(name, alarm);
    return alarm;
  }

  /** Adds an alarm that also guards releases. It must not stay raised after its cause is gone. */
  guardReleases(name: Exclude<AlarmName, CompositeName>, watch: Watch): void {
    this.guards.push(this.raise(name, watch));
  }

  /** Adds an alarm that is raised by the state of others. */
  compose(name: CompositeName, alarmRule: IAlarmRule): void {
    const { alarmName, alarmDescription, actionsEnabled } = this.about(name);
    const alarm = new CompositeAlarm(this, name, {
      compositeAlarmName: alarmName,
      alarmDescription,
      actionsEnabled,
      alarmRule,
    });
    this.tell(alarm, catalogue[name].level === 'down' ? this.topics.urgent : this.topics.usual);
  }

  /** Invokes a function when an alarm, which was added before, is raised, and when that is over. */
  whileRaised(name: AlarmName, fn: IFunction): void {
    const action = new LambdaAction(fn);
    const alarm = this.named(name);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }

  /** The rule that an alarm, which was added before, is raised. */
  isRaised(name: AlarmName): IAlarmRule {
    return AlarmRule.fromAlarm(this.named(name), AlarmState.ALARM);
  }

  /** The rule that one of the added alarms of a level is raised. */
  isAnyRaised(level: (typeof catalogue)[AlarmName]['level']): IAlarmRule {
    const names = [...this.raised.keys()].filter((name) => catalogue[name].level === level);
    return AlarmRule.anyOf(...names.map((name) => this.isRaised(name)));
  }

  /** An alarm, which was added before. */
  named(name: AlarmName): Alarm {
    const alarm = this.raised.get(name);
    if (!alarm) throw new Error(`The alarm ${name} has not been added`);
    return alarm;
  }

  private about(name: AlarmName) {
    const { level } = catalogue[name];
    return {
      alarmName: `${Stack.of(this).stackName}-${name}`,
      alarmDescription: describe(name),
      // While the service is shut on purpose, nobody has to be told that it doesn't work.
      actionsEnabled: level === 'task' || this.settings.maintenanceSeconds === undefined,
    };
  }

  private tell(alarm: AlarmBase, topic: Topic): void {
    alarm.addAlarmAction(new SnsAction(topic));
    alarm.addOkAction(new SnsAction(topic));
  }

  private addTopic(id: string): Topic {
    const topic = new Topic(this, id, { enforceSSL: true });
    // The policy of the topic (`enforceSSL`) replaces the default one, which would allow CloudWatch to publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    const { alertEmail } = this.settings;
    if (alertEmail) topic.addSubscription(new EmailSubscription(alertEmail));
    return topic;
  }
}
