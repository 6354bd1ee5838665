import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { metrics } from '#core/metrics.ts';
import { questions } from '#lib/questions.ts';
import { stageTemplate } from './synth.ts';

/** The metrics of AWS that are used here, by namespace, and the type of the resource that their dimension names. */
const ofAws: Readonly<Record<string, { dimension: string; type: string; names: readonly string[] }>> = {
  'AWS/ApiGateway': {
    dimension: 'ApiId',
    type: 'AWS::ApiGatewayV2::Api',
    // "Monitor WebSocket API execution with CloudWatch metrics", "Monitor HTTP API execution with CloudWatch metrics"
    names: [
      'MessageCount',
      'ConnectCount',
      'ClientError',
      'IntegrationError',
      'ExecutionError',
      'IntegrationLatency',
      'Count',
      'Latency',
      '4xx',
      '5xx',
    ],
  },
  'AWS/Lambda': {
    dimension: 'FunctionName',
    type: 'AWS::Lambda::Function',
    // "Types of metrics for Lambda functions"
    names: ['Invocations', 'Errors', 'Throttles', 'Duration', 'ConcurrentExecutions', 'IteratorAge'],
  },
  'AWS/DynamoDB': {
    dimension: 'TableName',
    type: 'AWS::DynamoDB::Table',
    // "DynamoDB Metrics and dimensions"
    names: [
      'ConsumedReadCapacityUnits',
      'ConsumedWriteCapacityUnits',
      'ReadThrottleEvents',
      'WriteThrottleEvents',
      'ReadKeyRangeThroughputThrottleEvents',
      'WriteKeyRangeThroughputThrottleEvents',
      'SuccessfulRequestLatency',
    ],
  },
  'AWS/SQS': {
    dimension: 'QueueName',
    type: 'AWS::SQS::Queue',
    // "Available CloudWatch metrics for Amazon SQS"
    names: ['ApproximateAgeOfOldestMessage', 'ApproximateNumberOfMessagesVisible'],
  },
};

/** Metrics of a whole account, which have no resource of the stack, by namespace and name. */
const ofAccount = ['AWS/Lambda Throttles', 'AWS/Usage ResourceCount'];

const Widget = z.object({
  type: z.enum(['metric', 'text']),
  properties: z.object({
    title: z.optional(z.string()),
    markdown: z.optional(z.string()),
    metrics: z.optional(z.array(z.array(z.unknown()))),
  }),
});
const Body = z.object({ widgets: z.array(Widget) });
type Template = ReturnType<typeof stageTemplate>;

/** The id of the resource that a value of the template refers to, or the value itself. */
function referred(value: unknown): unknown {
  const { Ref, 'Fn::GetAtt': attribute } = Object(value);
  return Ref ?? attribute?.[0] ?? value;
}

function dashboardsOf({ ofType }: Template) {
  return ofType('AWS::CloudWatch::Dashboard').map(({ properties }) => {
    const [, parts]: [string, unknown[]] = properties['DashboardBody']['Fn::Join'];
    const body = parts.map((part) => (typeof part === 'string' ? part : referred(part))).join('');
    return { name: properties['DashboardName'], ...Body.parse(JSON.parse(body)) };
  });
}

/** A metric as `namespace name`, with its dimensions. */
interface Used {
  readonly namespace: unknown;
  readonly name: unknown;
  readonly dimensions: Readonly<Record<string, unknown>>;
}

/** The metrics of a widget. Entries that are expressions only have an object. */
function usedIn({ properties }: z.infer<typeof Widget>): Used[] {
  return (properties.metrics ?? []).flatMap((entry) => {
    const [namespace, name, ...rest] = entry.filter((part) => typeof part === 'string');
    const pairs = Array.from({ length: rest.length / 2 }, (_, i) => [rest[2 * i], rest[2 * i + 1]]);
    return namespace === undefined ? [] : { namespace, name, dimensions: Object.fromEntries(pairs) };
  });
}

/** Why a metric will never have a value, or undefined if nothing is wrong with it. */
function faultOf({ namespace, name, dimensions }: Used, { all }: Template, service: string): string | undefined {
  const fault = (why: string) => `${namespace} ${name}: ${why}`;
  if (namespace === 'Storm') {
    if (!Object.keys(metrics).includes(String(name))) return fault('no function writes it');
    return JSON.stringify(dimensions) === JSON.stringify({ service }) ? undefined : fault('not of this stack');
  }
  if (dimensions['FunctionName'] === undefined && ofAccount.includes(`${namespace} ${name}`)) return undefined;
  const known = ofAws[String(namespace)];
  if (!known?.names.includes(String(name))) return fault('AWS has no such metric');
  const resource = all.find(({ id }) => id === referred(dimensions[known.dimension]));
  return resource?.type === known.type ? undefined : fault('its resource is not in the stack');
}

describe.each(['dev', 'prod'])('the dashboards of %s', (stage) => {
  const template = stageTemplate(stage);
  const dashboards = dashboardsOf(template);

  test('show only metrics that are written, of resources that there are', () => {
    const used = dashboards.flatMap(({ widgets }) => widgets.flatMap(usedIn));
    expect(used.length).toBeGreaterThan(40);
    expect(used.flatMap((metric) => faultOf(metric, template, `storm-${stage}`) ?? [])).toEqual([]);
  });

  test('are free: three at most, of 50 metrics each', () => {
    expect(dashboards.length).toBeLessThanOrEqual(3);
    for (const { name, widgets } of dashboards) {
      const distinct = new Set(widgets.flatMap(usedIn).map((metric) => JSON.stringify(metric)));
      expect({ name, tooMany: [...distinct].slice(50) }).toEqual({ name, tooMany: [] });
    }
  });

  test('say of each widget what is normal, and what to do otherwise', () => {
    for (const { widgets } of dashboards) {
      const texts = widgets.filter(({ properties }) => properties.markdown?.startsWith('**Normal:** '));
      expect(texts.length).toBe(widgets.filter(({ type }) => type === 'metric').length);
      for (const { properties } of texts) expect(properties.markdown).toMatch(/\*\*Otherwise:\*\* \S/);
    }
  });

  test('name queries that are saved', () => {
    const texts = dashboards.flatMap(({ widgets }) => widgets.flatMap(({ properties }) => properties.markdown ?? []));
    const named = texts.flatMap((text) => text.match(/\b(?:who|what|which|why)-[\w-]+/g) ?? []);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !(name in questions))).toEqual([]);
  });
});

test.each(['dev', 'prod'])(
  'the alarms of %s watch only metrics that are written, of resources that there are',
  (stage) => {
    const template = stageTemplate(stage);
    const used = template.ofType('AWS::CloudWatch::Alarm').flatMap(({ properties }): Used[] => {
      const single = { ...properties, MetricStat: { Metric: properties } };
      const stats = properties['MetricName'] ? [single] : properties['Metrics'];
      return stats.flatMap(
        ({ MetricStat }: Record<string, { Metric: Record<string, ReturnType<typeof JSON.parse>> }>) => {
          const metric = MetricStat?.Metric;
          if (!metric) return [];
          const pairs = (metric['Dimensions'] ?? []).map(({ Name, Value }: Record<string, unknown>) => [Name, Value]);
          return { namespace: metric['Namespace'], name: metric['MetricName'], dimensions: Object.fromEntries(pairs) };
        },
      );
    });
    expect(used.length).toBeGreaterThan(5);
    expect(used.flatMap((metric) => faultOf(metric, template, `storm-${stage}`) ?? [])).toEqual([]);
  },
);

test('a setting gives each part a dashboard of its own', () => {
  const names = dashboardsOf(stageTemplate('prod', { dashboards: 'each' })).map(({ name }) => name);
  const parts = ['overview', 'gateway', 'messages', 'database', 'media', 'notifications', 'cost', 'storm-day'];
  expect(names.toSorted()).toEqual(parts.map((part) => `storm-prod-${part}`).toSorted());
});
