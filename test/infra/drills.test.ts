import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Context, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { queueHandler } from '#lambdas/kit/queue.ts';
import { readAddresses } from '#lambdas/notify/post.ts';
import { Published, tell } from '#lambdas/notify/tell.ts';
import { deploy } from '#local/assembly/deploy.ts';
import { placeholder } from '#local/assembly/skipped.ts';
import { Template } from '#local/assembly/template.ts';
import { Alarms } from '#local/cloudwatch/alarms.ts';
import type { MetricAlarm } from '#local/cloudwatch/definitions.ts';
import { Figures, type Metric } from '#local/cloudwatch/figures.ts';
import { createCloudWatch } from '#local/cloudwatch/index.ts';
import { eventSourceMapping } from '#local/event-sources/mapping.ts';
import { startService } from '#local/services/index.ts';
import { topics } from '#local/services/sns/index.ts';
import { SubscriptionProperties, topicsOf } from '#local/services/sns/topics.ts';
import { queues } from '#local/services/sqs/index.ts';
import { testWorld } from '#local/test/helpers/world.ts';
import type { ResourceHandler } from '#local/types.ts';
import { stackOf, stageTemplate, templateOf } from './synth.ts';

const hour = 3_600_000;
const Told = z.object({ Records: z.tuple([z.object({ Sns: z.object({ Message: z.string() }) })]) });
const Message = z.object({ AlarmName: z.string(), NewStateValue: z.string() });

let now = Date.UTC(2026, 10, 28);

interface More {
  readonly template?: ReturnType<typeof templateOf>;
  /** The function `notify`, with which the queue `Notices` is there, too, on a real server. */
  readonly notify?: (event: unknown) => unknown;
}

/** The alarms and topics of a stage on a clock that the test moves. All else is a name. */
async function startDrill(stage: string, { template: made = stageTemplate(stage), notify }: More = {}) {
  /** What the topics of the stack have told: `name state`. */
  const told: string[] = [];
  const template = Template.parse(structuredClone(made.json));
  const isNotices = (id: string) => notify !== undefined && /^(Notices|NotifySqsEventSource)/.test(id);
  for (const [id, resource] of Object.entries(template.Resources))
    if (!/^AWS::(CloudWatch|SNS)::/.test(resource.Type) && !isNotices(id)) resource.Properties = {};
  const hear = (event: unknown) => {
    const message = Message.parse(JSON.parse(Told.parse(event).Records[0].Sns.Message));
    told.push(`${message.AlarmName} ${message.NewStateValue}`);
  };
  const functionNamed = (name: string) =>
    name === 'hear' ? hear : notify && name.includes('-Notify') ? notify : () => undefined;
  const functions = new Proxy({}, { get: (_, name) => functionNamed(String(name)) });
  const world = testWorld({ functions, now: () => now, ...(notify && { startService }) });
  world.figures.quotas.set('ConcurrentExecutions', 1_000);
  const { alarms, handlers } = createCloudWatch(world);
  const own = [...topics, ...handlers];
  const { account, region } = world;
  const names: ResourceHandler = {
    types: Object.values(template.Resources)
      .map(({ Type }) => Type)
      .filter((type) => !own.some(({ types }) => types.includes(type))),
    create: async (resource) => {
      const real = [queues, eventSourceMapping].find(({ types }) => types.includes(resource.type));
      return real && isNotices(resource.logicalId)
        ? real.create(resource, world)
        : placeholder(resource, account, region);
    },
  };
  const assembly = { stacks: [{ name: `storm-${stage}`, template }], account, region, assets: new Map(), warnings: [] };
  await deploy(assembly, [...own, names], world);
  const actions = new Set(alarms.states.flatMap(({ alarm }) => Object.values(alarm.actions).flat()));
  for (const arn of actions) {
    const ours = SubscriptionProperties.parse({ TopicArn: arn, Protocol: 'lambda', Endpoint: 'hear' });
    await topicsOf(world).subscribe({ ...ours, arn: `${arn}:hear`, isWanted: () => true });
  }
  await world.ready();
  return {
    world,
    alarms,
    told,
    stateOf: (name: string) => alarms.states.find(({ alarm }) => alarm.name === name) ?? expect.unreachable(name),
    async moveClock(ms: number): Promise<void> {
      now = Math.ceil((now + ms) / 60_000) * 60_000;
      // What reports that it works goes on doing so.
      for (const { alarm } of alarms.states)
        if (!('rule' in alarm) && alarm.missing === 'breaching')
          putInto(world.figures, alarm, Array(metricsOf(alarm).length).fill(0), now);
      await alarms.evaluate();
    },
  };
}

/** How often a value is put into each period: some alarms want many values before they trust a percentile. */
const often = 30;

const metricsOf = ({ queries }: MetricAlarm): Metric[] =>
  queries.flatMap(({ from }) => ('metric' in from ? from.metric : []));

/** The values that may raise an alarm, one for each of its metrics: all high, one high, one low, none, in several sizes. */
function* attempts({ threshold, queries }: MetricAlarm, count: number): Generator<(number | undefined)[]> {
  yield Array(count).fill(undefined);
  yield Array(count).fill(0);
  for (const high of [threshold + 1, 10 * threshold + 1_000, 1e6, 1e9]) {
    yield Array(count).fill(high);
    for (let i = 0; i < count; i++) {
      yield queries.slice(0, count).map((_, at) => (at === i ? high : 10));
      yield queries.slice(0, count).map((_, at) => (at === i ? 0 : high));
    }
  }
}

/** Puts values into each of the last periods of an alarm, up to `at`. */
function putInto(figures: Figures, alarm: MetricAlarm, values: readonly (number | undefined)[], at: number): void {
  for (let period = 0; period < alarm.periods; period++)
    for (const [i, metric] of metricsOf(alarm).entries())
      for (let n = 0; n < often; n++) {
        const value = values[i];
        if (value !== undefined) figures.put(metric, value, at - (period + 0.5) * alarm.periodMs);
      }
}

/** Finds values that raise an alarm by itself. */
async function raising(alarm: MetricAlarm, quotas: Figures['quotas']): Promise<(number | undefined)[]> {
  for (const values of attempts(alarm, metricsOf(alarm).length)) {
    const figures = new Figures(() => now);
    for (const [resource, quota] of quotas) figures.quotas.set(resource, quota);
    const alone = new Alarms(figures, async () => undefined);
    alone.add(alarm);
    putInto(figures, alarm, values, now);
    await alone.evaluate();
    if (alone.states[0]?.state === 'ALARM') return values;
  }
  throw new Error(`Nothing raises the alarm ${alarm.name}.`);
}

/** What the metrics of alarms are like on an ordinary day, each minute. An alarm of another metric needs a line here. */
const quiet: Readonly<Record<string, readonly number[]>> = {
  'AWS/ApiGateway 5xx': [0, 0, 1],
  'AWS/ApiGateway Count': [3_000],
  'AWS/ApiGateway IntegrationError': [1],
  'AWS/ApiGateway Latency': [...Array<number>(58).fill(40), 900, 1_500],
  'AWS/ApiGateway MessageCount': [12_000],
  'AWS/DynamoDB ConsumedWriteCapacityUnits': [9_000],
  'AWS/DynamoDB ReadThrottleEvents': [0],
  'AWS/DynamoDB WriteThrottleEvents': [2],
  'AWS/Lambda Errors': [0, 0, 1],
  'AWS/Lambda Throttles': [0],
  'AWS/SQS ApproximateNumberOfMessagesVisible': [0],
  'AWS/Usage ResourceCount': [20, 90],
  'Storm Connects': [600],
  'Storm ConnectsRefused': [30],
  'Storm DeliveryTime': [...Array<number>(58).fill(80), 700, 1_200],
  'Storm InternalErrors': [0],
  'Storm LoginsFailed': [3],
  'Storm LoginsRefused': [1],
  'Storm MessagesAccepted': [3_000],
  'Storm Posts': [30_000],
  'Storm SecurityRefusals': [2],
  'Storm SocketsOpen': [5_000],
  'Storm StreamLag': [400, 1_900],
  'Storm TokensReused': [0],
};

describe.each(['dev', 'prod'])('the alarms of %s', (stage) => {
  const names = stageTemplate(stage)
    .all.filter(({ type }) => /^AWS::CloudWatch::(Composite)?Alarm$/.test(type))
    .map(({ id, properties }) => String(properties['AlarmName'] ?? `storm-${stage}-${id}`));
  let drill: Awaited<ReturnType<typeof startDrill>>;
  beforeAll(async () => {
    drill = await startDrill(stage);
  });
  afterAll(() => drill.world[Symbol.asyncDispose]());

  test('can all be evaluated on the local stack', () => {
    expect(drill.world.warnings).toEqual([]);
    expect(drill.alarms.states.map(({ alarm }) => alarm.name).sort()).toEqual(names.toSorted());
    expect(names.length).toBeGreaterThan(5);
  });

  test.each(names)('%s rises, tells somebody, and is over when its cause is', async (name) => {
    const { alarms, told, world, stateOf, moveClock } = drill;
    await moveClock(6 * hour);
    const { alarm } = stateOf(name);
    const causes = alarms.states.filter((each) =>
      'rule' in alarm ? alarm.rule.alarms.includes(each.alarm.arn) : each.alarm === alarm,
    );
    told.length = 0;
    for (const { alarm: cause } of causes)
      if (!('rule' in cause)) putInto(world.figures, cause, await raising(cause, world.figures.quotas), now);
    await alarms.evaluate();
    expect(stateOf(name)).toMatchObject({ state: 'ALARM' });
    await vi.waitFor(() => expect(told).toContain(`${name} ALARM`));
    await moveClock(6 * hour);
    expect(stateOf(name).state).not.toBe('ALARM');
  });

  test('those of what has to report are raised by its silence', async () => {
    const { alarms, moveClock } = drill;
    await moveClock(6 * hour);
    const silent = () =>
      alarms.states.filter(
        ({ alarm, state }) => 'missing' in alarm && alarm.missing === 'breaching' && state === 'ALARM',
      );
    expect(silent()).toEqual([]);
    now += hour;
    await alarms.evaluate();
    expect(silent().map(({ alarm }) => alarm.name)).toEqual(stage === 'prod' ? ['storm-prod-ServiceDown'] : []);
    await moveClock(hour);
  });

  test('stay quiet on an ordinary day', async () => {
    const { alarms, told, world, moveClock } = drill;
    await moveClock(6 * hour);
    const watched = alarms.states.flatMap(({ alarm }) =>
      'rule' in alarm || alarm.missing === 'breaching' ? [] : metricsOf(alarm),
    );
    const metrics = [...new Map(watched.map((metric) => [JSON.stringify(metric), metric])).values()];
    const nameOf = ({ namespace, name }: Metric) => `${namespace} ${name}`;
    expect(metrics.map(nameOf).filter((name) => !(name in quiet))).toEqual([]);
    told.length = 0;
    for (let minute = 0; minute < 70; minute++) {
      for (const metric of metrics) for (const value of quiet[nameOf(metric)] ?? []) world.figures.put(metric, value);
      await moveClock(60_000);
    }
    expect(alarms.states.filter(({ state }) => state === 'ALARM')).toEqual([]);
    expect(told.filter((each) => each.endsWith(' ALARM'))).toEqual([]);
  });
});

test('an alarm comes to Slack by its topic, the queue and the function, and nothing is left over', async () => {
  const posts: string[] = [];
  await using server = createServer(async (request, response) => {
    posts.push(`${request.url} ${(await request.toArray()).join('')}`);
    response.end('ok');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ports = {
    addresses: async () => readAddresses(JSON.stringify({ slack: `http://127.0.0.1:${port}/slack` })),
    again: async () => expect.unreachable('it was taken'),
    now: () => now,
  };
  const handler = queueHandler(Published, (message) => tell(ports, message));
  const template = templateOf(
    stackOf('prod', {
      alertWebhooksArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:storm-webhooks-AbCdEf',
    }),
  );
  const notify = (event: unknown) => handler(event as SQSEvent, { awsRequestId: 'drill' } as Context);
  const drill = await startDrill('prod', { template, notify });
  await using _ = drill.world;
  const { alarm } = drill.stateOf('storm-prod-DeliverySlow');
  if ('rule' in alarm) return expect.unreachable('it has a metric');
  await drill.moveClock(6 * hour);
  putInto(drill.world.figures, alarm, await raising(alarm, drill.world.figures.quotas), now);
  await drill.alarms.evaluate();
  const red = () => posts.filter((post) => post.includes('🔴 storm-prod-DeliverySlow is raised'));
  await vi.waitFor(() => expect(red()).toHaveLength(1), 60_000);
  expect(red()[0]).toMatch(/^\/slack .*docs\/runbooks\.md#slow/);
  expect(drill.world.warnings).toEqual([]);
});
