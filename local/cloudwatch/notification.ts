import type { World } from '../types.ts';
import type { AlarmState } from './alarms.ts';
import type { MetricAlarm } from './definitions.ts';

type Place = Pick<World, 'account' | 'region'>;

const iso = (ms: number) => new Date(ms).toISOString().replace('Z', '+0000');

/** The subject of the message to a topic. SNS takes 100 characters. */
export const subject = ({ alarm, state }: AlarmState, { region }: Place): string =>
  `${state}: "${alarm.name}" in ${region}`.slice(0, 100);

/** The message to a topic, as CloudWatch sends it ("Notifying users on alarm changes"). */
export function message(after: AlarmState, before: AlarmState, { account, region }: Place): object {
  const { alarm } = after;
  return {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description,
    AWSAccountId: account,
    NewStateValue: after.state,
    NewStateReason: after.reason,
    StateChangeTime: iso(after.since),
    Region: region,
    AlarmArn: alarm.arn,
    OldStateValue: before.state,
    OKActions: alarm.actions.OK,
    AlarmActions: alarm.actions.ALARM,
    InsufficientDataActions: alarm.actions.INSUFFICIENT_DATA,
    ...('rule' in alarm ? { AlarmRule: alarm.ruleText } : { Trigger: trigger(alarm) }),
  };
}

function trigger({ queries, periodMs, comparison, threshold, periods, datapoints, missing, watched }: MetricAlarm) {
  const from = queries.find(({ id }) => id === watched)?.from;
  const single = from && 'metric' in from ? from : undefined;
  return {
    ...(single && {
      MetricName: single.metric.name,
      Namespace: single.metric.namespace,
      Statistic: single.statistic.toUpperCase(),
      Dimensions: Object.entries(single.metric.dimensions).map(([name, value]) => ({ name, value })),
    }),
    Period: periodMs / 1000,
    EvaluationPeriods: periods,
    DatapointsToAlarm: datapoints,
    ComparisonOperator: comparison,
    Threshold: threshold,
    TreatMissingData: missing,
  };
}

/** The event of a function that is an action of an alarm itself ("Invoke a Lambda function from an alarm"). */
export function lambdaEvent(after: AlarmState, before: AlarmState, { account, region }: Place): object {
  const { name: alarmName, description } = after.alarm;
  const stateOf = ({ state, reason, since }: AlarmState) => ({ value: state, reason, timestamp: iso(since) });
  return {
    source: 'aws.cloudwatch',
    alarmArn: after.alarm.arn,
    accountId: account,
    time: iso(after.since),
    region,
    alarmData: { alarmName, state: stateOf(after), previousState: stateOf(before), configuration: { description } },
  };
}
