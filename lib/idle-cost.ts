import { metrics } from '#core/metrics.ts';
import { alwaysFree, prices } from './prices.ts';

interface Resource {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What AWS charges by the month though nobody uses the stage: the price of one, and how many an account has for nothing. */
const items = {
  secrets: { price: prices.secretMonth, free: 0 },
  alarmMetrics: { price: prices.alarmMetricMonth, free: alwaysFree.alarmMetrics },
  compositeAlarms: { price: prices.compositeAlarmMonth, free: 0 },
  dashboards: { price: prices.dashboardMonth, free: alwaysFree.dashboards },
  /** Metrics of our own that have values while nothing happens. */
  metrics: { price: prices.metricMonth, free: alwaysFree.metrics },
  queueRequests: { price: prices.queueRequest, free: alwaysFree.queueRequests },
  lambdaRequests: { price: prices.lambdaRequest, free: alwaysFree.lambdaRequests },
  lambdaGbSeconds: { price: prices.lambdaGbSecond, free: alwaysFree.lambdaGbSeconds },
  logGb: { price: prices.logGb, free: alwaysFree.logGb },
  cdnRequests: { price: prices.cdnRequest, free: alwaysFree.cdnRequests },
  httpRequests: { price: prices.httpRequest, free: 0 },
  webSocketMessages: { price: prices.webSocketMessage, free: 0 },
  connectionMinutes: { price: prices.connectionMinute, free: 0 },
  writeUnits: { price: prices.writeUnit, free: 0 },
  readUnits: { price: prices.readUnit, free: 0 },
  webAcls: { price: prices.webAclMonth, free: 0 },
  webAclRules: { price: prices.webAclRuleMonth, free: 0 },
} as const;

type Item = keyof typeof items;
type Counts = Readonly<Partial<Record<Item, number>>>;

const minutesOfMonth = 730 * 60;

/**
 * Lambda asks an empty queue with five connections, each of which waits for 20 s ("Understanding Amazon SQS and AWS Lambda Event Source
 * Mapping for Efficient Message Processing"; "Using Lambda with Amazon SQS" says that it polls).
 */
const pollsOfMonth = (5 * minutesOfMonth * 60) / 20;

/** What `gauges` uses in a minute: 512 MB for 50 ms, one item, one line of 800 bytes. */
const gaugesMinute = {
  lambdaRequests: 1,
  lambdaGbSeconds: 0.5 * 0.05,
  readUnits: 1,
  logGb: 800e-9,
  metrics: Object.values(metrics).filter(({ kind }) => kind === 'gauge').length,
} as const satisfies Counts;

/**
 * What the probe uses in a minute, with all functions that it makes run. `test/e2e/permissions.test.ts` counts it, but for the time: 250 MB
 * for half a second, and ten functions of 512 MB for 20 ms.
 */
export const probeMinute = {
  lambdaRequests: 11,
  lambdaGbSeconds: 0.25 * 0.5 + 10 * 0.5 * 0.02,
  webSocketMessages: 3,
  connectionMinutes: 2,
  httpRequests: 1,
  cdnRequests: 1,
  writeUnits: 7,
  readUnits: 9,
  logGb: 3.5e-6,
  /** Those that have no values otherwise while nobody is there. */
  metrics: 8,
} as const satisfies Counts;

/** The types that cost something when nobody uses them. What cannot be told from the properties throws. */
const charged: Readonly<Record<string, (properties: Resource['properties']) => Counts>> = {
  'AWS::SecretsManager::Secret': () => ({ secrets: 1 }),
  // A metric that a formula reckons with counts, and the formula doesn't.
  'AWS::CloudWatch::Alarm': ({ Metrics }) => ({
    alarmMetrics: Array.isArray(Metrics) ? Metrics.filter((metric) => 'MetricStat' in metric).length : 1,
  }),
  'AWS::CloudWatch::CompositeAlarm': () => ({ compositeAlarms: 1 }),
  'AWS::CloudWatch::Dashboard': () => ({ dashboards: 1 }),
  // Reading a stream of DynamoDB for a function is free ("Amazon DynamoDB pricing for on-demand capacity").
  'AWS::Lambda::EventSourceMapping': ({ EventSourceArn }) =>
    JSON.stringify(EventSourceArn).includes('Stream') ? {} : { queueRequests: pollsOfMonth },
  'AWS::Events::Rule': ({ ScheduleExpression, Targets }) => {
    if (ScheduleExpression === undefined) return {};
    if (ScheduleExpression !== 'rate(1 minute)')
      throw new Error(`It isn't known what ${ScheduleExpression} costs: add it to lib/idle-cost.ts.`);
    const minute = JSON.stringify(Targets).includes('"Probe') ? probeMinute : gaugesMinute;
    return Object.fromEntries(
      Object.entries(minute).map(([item, n]) => [item, item === 'metrics' ? n : n * minutesOfMonth]),
    );
  },
  'AWS::DynamoDB::Table': ({ BillingMode }) => {
    if (BillingMode !== 'PAY_PER_REQUEST') throw new Error('A table with capacity of its own costs when idle.');
    return {};
  },
  'AWS::WAFv2::WebACL': ({ Rules }) => ({ webAcls: 1, webAclRules: Array.isArray(Rules) ? Rules.length : 0 }),
};

/** The types that cost nothing when nobody uses them: they are free, or are charged by the request or by the GB. */
const free = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::ApiMapping',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::DomainName',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::IntegrationResponse',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::RouteResponse',
  'AWS::ApiGatewayV2::Stage',
  'AWS::Backup::BackupPlan',
  'AWS::Backup::BackupSelection',
  'AWS::Backup::BackupVault',
  'AWS::Budgets::Budget',
  'AWS::CE::AnomalySubscription',
  'AWS::CertificateManager::Certificate',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::KeyGroup',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudFront::PublicKey',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::CloudWatch::AlarmMuteRule',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Function',
  'AWS::Lambda::LayerVersion',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::Logs::LogGroup',
  'AWS::Logs::QueryDefinition',
  'AWS::Route53::RecordSet',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
]);

/**
 * What the resources of a template cost a month while nobody uses them, by item, in US dollars: `count` of them, less those that an
 * account has for nothing. Throws on a type that is in neither list, so that nobody adds one without looking at its price.
 */
export function idleCost(resources: readonly Resource[]): ReadonlyMap<Item, { count: number; dollars: number }> {
  const counts = new Map<Item, number>();
  for (const { type, properties } of resources) {
    const count = charged[type];
    if (count === undefined && !free.has(type) && !type.startsWith('Custom::'))
      throw new Error(`It isn't known what ${type} costs when idle: add it to lib/idle-cost.ts.`);
    for (const [item, more] of Object.entries(count?.(properties) ?? {}) as [Item, number][])
      counts.set(item, (counts.get(item) ?? 0) + more);
  }
  return new Map(
    [...counts].map(([item, count]) => {
      const { price, free } = items[item];
      return [item, { count, dollars: Math.max(0, count - free) * price }];
    }),
  );
}
