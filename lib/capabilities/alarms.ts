import { Duration } from 'aws-cdk-lib';
import { AlarmRule, type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Watch } from '#lib/constructs/alarms.ts';
import { sourcesOf } from '#lib/dashboards/sources.ts';
import type { Foundation } from '#lib/foundation.ts';
import { prices } from '#lib/prices.ts';
import { hotFunctions } from './releases.ts';

/** New sockets per second of an account ("Amazon API Gateway quotas"). */
const connectsPerSecond = 500;

/** The share of a quota from which there is time to ask for more, in percent. */
const nearQuota = 80;

/** What people notice as slow, in ms. */
const slowMs = 500;

/**
 * The alarms that watch the stack as a whole (decision 0130); those of queues and streams are added with them. It must be called after all
 * functions were added, and before `addReleases`. An expression may have 10 metrics ("Alarm limits"), each of which costs $0.10 a month.
 */
export function addAlarms(foundation: Foundation): void {
  const { stack, settings, alarms } = foundation;
  if (settings.alarms === 'dead-letters') return;
  const { own, http, socket, table, expression } = sourcesOf(foundation);
  const sum = (label: string, metrics: Readonly<Record<string, IMetric>>) =>
    expression(label, added(metrics), { ...metrics });

  // Fewer than 20 values have no 95th percentile to speak of: a single cold start would raise the alarm.
  const slow = (p95: Metric, count: Metric): Watch => ({
    metric: expression('p95, ms', 'IF(FILL(count, 0) >= 20, p95, 0)', { count, p95 }),
    above: slowMs,
    periods: { bad: 3, of: 5 },
  });
  alarms.raise('DeliverySlow', slow(own('DeliveryTime', 'p95'), own('DeliveryTime', 'SampleCount')));
  alarms.raise('HttpSlow', slow(http('Latency', 'p95'), http('Count')));

  // Requests that are answered with `internal` are in `failed` and in `answered`, so they count twice.
  const work = { calls: http('Count'), accepted: own('MessagesAccepted') };
  const onSockets = { crashed: socket('IntegrationError'), answered: own('InternalErrors') };
  const errors = { failed: http('5xx'), ...onSockets };
  const all = added({ ...work, ...onSockets });
  alarms.raise('Errors', {
    metric: expression('errors, %', `IF(${all} >= 100, 100 * (${added(errors)}) / (${all}), 0)`, {
      ...work,
      ...errors,
    }),
    above: 1,
    periods: { bad: 2, of: 3 },
  });

  // An error of `authorizer` refuses a token, and anyone can bring that about.
  const crashing = hotFunctions(stack).filter(({ fn }) => fn.node.id !== 'Authorizer');
  const period = Duration.minutes(1);
  const crashes = crashing.map(({ alias }, i) => [`m${i}`, alias.metricErrors({ period })]);
  alarms.guardReleases('HotFunctionsFail', {
    metric: sum('errors', { answered: own('InternalErrors'), ...Object.fromEntries(crashes) }),
    above: 10,
  });

  alarms.raise('StreamLag', { metric: own('StreamLag', 'Maximum'), above: 10_000, periods: { bad: 3, of: 5 } });
  // Without dimensions it is the sum of all functions of the account and region ("Types of metrics for Lambda functions").
  const throttles = new Metric({ namespace: 'AWS/Lambda', metricName: 'Throttles', statistic: 'Sum', period });
  alarms.raise('FunctionsThrottled', { metric: throttles, above: 10, periods: { bad: 2, of: 3 } });
  const tables = {
    messagesRead: table('Messages', 'ReadThrottleEvents'),
    messagesWritten: table('Messages', 'WriteThrottleEvents'),
    socketsRead: table('Connections', 'ReadThrottleEvents'),
    socketsWritten: table('Connections', 'WriteThrottleEvents'),
  };
  alarms.raise('TablesThrottled', { metric: sum('throttled', tables), above: 10, periods: { bad: 2, of: 3 } });

  const lasting = { bad: 3, of: 3 };
  // "Lambda usage metrics"; SERVICE_QUOTA follows the quota of the account.
  const used = new Metric({
    namespace: 'AWS/Usage',
    metricName: 'ResourceCount',
    dimensionsMap: { Service: 'Lambda', Type: 'Resource', Resource: 'ConcurrentExecutions', Class: 'None' },
    statistic: 'Maximum',
    period,
  });
  alarms.raise('ConcurrencyNearQuota', {
    metric: expression('of the quota, %', '100 * used / SERVICE_QUOTA(used)', { used }),
    above: nearQuota,
    periods: lasting,
  });
  const ofQuota = (perSecond: number, metrics: Readonly<Record<string, IMetric>>): Watch => ({
    metric: expression('of the quota, %', `100 * (${added(metrics)}) / ${60 * perSecond}`, { ...metrics }),
    above: nearQuota,
    periods: lasting,
  });
  alarms.raise('RequestsNearQuota', ofQuota(settings.requestsPerSecond, { ...work, posts: own('Posts') }));
  const connects = { opened: own('Connects'), refused: own('ConnectsRefused') };
  alarms.raise('ConnectsNearQuota', ofQuota(connectsPerSecond, connects));

  const hourly = sourcesOf(foundation, Duration.hours(1));
  const often = sourcesOf(foundation, Duration.minutes(5));
  // The runbook "The security log" says how to find the users and networks.
  alarms.raise('TokensReused', { metric: hourly.own('TokensReused'), above: 3 });
  alarms.raise('LoginsRefused', { metric: often.own('LoginsRefused'), above: 200 });
  alarms.raise('LoginsFailed', { metric: often.own('LoginsFailed'), above: 1_000 });
  alarms.raise('SecurityRefusals', { metric: often.own('SecurityRefusals'), above: 1_000 });

  // Most of what a use costs, at list prices. The dashboard of costs has the rest.
  const spent = [
    `FILL(frames, 0) * ${prices.webSocketMessage * 1e6}`,
    `FILL(open, 0) * ${60 * prices.connectionMinute * 1e6}`,
    `FILL(calls, 0) * ${prices.httpRequest * 1e6}`,
    `FILL(written, 0) * ${prices.writeUnit * 1e6}`,
  ];
  alarms.raise('SpendHigh', {
    metric: hourly.expression('$ an hour', `(${spent.join(' + ')}) / 1000000`, {
      frames: hourly.socket('MessageCount'),
      open: hourly.own('SocketsOpen', 'Average'),
      calls: hourly.http('Count'),
      written: hourly.table('Messages', 'ConsumedWriteCapacityUnits'),
    }),
    above: settings.spendPerHour,
  });

  const failing = AlarmRule.anyOf(alarms.isRaised('HotFunctionsFail'), alarms.isRaised('FunctionsThrottled'));
  const fails = AlarmRule.allOf(alarms.isRaised('Errors'), failing);
  alarms.compose('Down', AlarmRule.anyOf(alarms.isRaised('ServiceDown'), fails));
  alarms.compose('Degraded', alarms.isAnyRaised('degraded'));
}

/** The sum of metrics in CloudWatch's metric math. One without data is 0. */
function added(metrics: Readonly<Record<string, IMetric>>): string {
  return Object.keys(metrics)
    .map((id) => `FILL(${id}, 0)`)
    .join(' + ');
}
