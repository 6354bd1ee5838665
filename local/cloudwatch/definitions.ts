import * as z from 'zod/mini';
import { Count, Flag, parseProperties } from '../parse.ts';
import { StackError } from '../types.ts';
import { parseAlarmRule } from './alarm-rule.ts';
import { expressionQuery, type Query } from './queries.ts';

const Dimensions = z._default(z.array(z.object({ Name: z.string(), Value: z.string() })), []);
const Metric = z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions });
const arns = z._default(z.array(z.string()), []);

const Common = {
  AlarmName: z.optional(z.string()),
  AlarmDescription: z._default(z.string(), ''),
  ActionsEnabled: z._default(Flag, true),
  AlarmActions: arns,
  OKActions: arns,
  InsufficientDataActions: arns,
};

const AlarmProperties = z.object({
  ...Common,
  ComparisonOperator: z.enum(
    ['GreaterThanThreshold', 'GreaterThanOrEqualToThreshold', 'LessThanThreshold', 'LessThanOrEqualToThreshold'],
    "bands of anomaly detection aren't supported",
  ),
  Threshold: Count,
  EvaluationPeriods: Count,
  DatapointsToAlarm: z.optional(Count),
  TreatMissingData: z._default(z.enum(['missing', 'ignore', 'breaching', 'notBreaching']), 'missing'),
  Namespace: z.optional(z.string()),
  MetricName: z.optional(z.string()),
  Dimensions,
  Period: z.optional(Count),
  Statistic: z.optional(z.string()),
  ExtendedStatistic: z.optional(z.string()),
  Metrics: z.optional(
    z.array(
      z.object({
        Id: z.string(),
        Expression: z.optional(z.string()),
        Period: z.optional(Count),
        ReturnData: z._default(Flag, true),
        MetricStat: z.optional(z.object({ Metric, Period: Count, Stat: z.string() })),
      }),
    ),
  ),
});

const CompositeProperties = z.object({ ...Common, AlarmRule: z.string(), ActionsSuppressor: z.optional(z.string()) });

const definitionOf = (name: string, arn: string, given: z.infer<z.ZodMiniObject<typeof Common>>) => ({
  name,
  arn,
  description: given.AlarmDescription,
  actionsEnabled: given.ActionsEnabled,
  /** The ARNs to tell of a change, by the state that the alarm changes to. */
  actions: { ALARM: given.AlarmActions, OK: given.OKActions, INSUFFICIENT_DATA: given.InsufficientDataActions },
});

/** An alarm that watches a metric or an expression. */
export type MetricAlarm = ReturnType<typeof metricAlarm>;

/** Reads the properties of an `AWS::CloudWatch::Alarm`. @throws StackError for what isn't supported. */
export function metricAlarm(name: string, arn: string, given: unknown) {
  const properties = parseProperties(AlarmProperties, given);
  const { Namespace, MetricName, Period, Statistic, ExtendedStatistic, Metrics } = properties;
  const single = { Namespace: Namespace ?? '', MetricName: MetricName ?? '', Dimensions: properties.Dimensions };
  const stat = { Metric: single, Period: Period ?? 0, Stat: Statistic ?? ExtendedStatistic ?? '' };
  const data = Metrics ?? [{ Id: 'm1', MetricStat: stat, ReturnData: true, Expression: undefined, Period: undefined }];
  const watched = data.filter(({ ReturnData }) => ReturnData);
  if (!watched[0] || watched[1]) throw new StackError('Metrics: exactly one of them has to return data.');
  const seconds = new Set(
    data.map((each) => each.MetricStat?.Period ?? each.Period ?? 0).filter((period) => period > 0),
  );
  const [period = 0, other] = seconds;
  // Figures are kept by the minute.
  if (period % 60 !== 0 || period === 0 || other !== undefined)
    throw new StackError('All periods of an alarm have to be the same number of whole minutes.');
  return {
    ...definitionOf(name, arn, properties),
    queries: data.map(({ Id, Expression, MetricStat }): Query => {
      if (Expression !== undefined) return expressionQuery(Id, Expression);
      if (!MetricStat) throw new StackError(`${Id} has neither a metric nor an expression.`);
      const { Namespace: namespace, MetricName: name, Dimensions: pairs } = MetricStat.Metric;
      const dimensions = Object.fromEntries(pairs.map(({ Name, Value }) => [Name, Value]));
      const metric = { namespace, name, dimensions };
      return { id: Id, from: { metric, statistic: MetricStat.Stat } };
    }),
    /** The id of the query that is compared with the threshold. */
    watched: watched[0].Id,
    periodMs: period * 1000,
    comparison: properties.ComparisonOperator,
    threshold: properties.Threshold,
    /** In how many of how many periods. */
    periods: properties.EvaluationPeriods,
    datapoints: properties.DatapointsToAlarm ?? properties.EvaluationPeriods,
    missing: properties.TreatMissingData,
  };
}

/** An alarm of the states of others. During the ALARM of its `suppressor` no actions are taken. */
export type CompositeAlarm = ReturnType<typeof compositeAlarm>;

/** Reads the properties of an `AWS::CloudWatch::CompositeAlarm`. @throws StackError for what isn't supported. */
export function compositeAlarm(name: string, arn: string, given: unknown) {
  const properties = parseProperties(CompositeProperties, given);
  const { AlarmRule: ruleText, ActionsSuppressor: suppressor } = properties;
  return { ...definitionOf(name, arn, properties), rule: parseAlarmRule(ruleText), ruleText, suppressor };
}
