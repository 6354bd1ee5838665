import { globSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, DynamoDBRecord } from 'aws-lambda';
import { afterAll, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { type MetricName, metrics } from '#core/metrics.ts';
import { correlate, count, invocation, measure, note } from '#lambdas/kit/invocation.ts';
import { logger } from '#lambdas/kit/log.ts';
import { queueHandler } from '#lambdas/kit/queue.ts';
import { logSecurity } from '#lambdas/kit/security-log.ts';
import { streamHandler } from '#lambdas/kit/stream.ts';
import { readLog } from '#test/helpers/log.ts';

vi.stubEnv('SERVICE', 'storm-test').stubEnv('FUNCTION', 'message');
const log = readLog();
afterAll(() => {
  log.stop();
  vi.unstubAllEnvs();
});

const context = (awsRequestId: string) => ({ awsRequestId }) as Context;
const run = (work: () => unknown, requestId = 'r') =>
  invocation<object, void>(() => 'asked').handler(async () => void (await work()))({}, context(requestId));

test('there are 25 metrics at most, since each is billed', () => {
  expect(Object.keys(metrics).length).toBeLessThanOrEqual(25);
});

test('each metric is written by some function', () => {
  const code = globSync('lambdas/**/*.ts').map((file) => readFileSync(file, 'utf8'));
  const isWritten = (name: string) => code.some((text) => text.includes(`'${name}'`));
  expect(Object.keys(metrics).filter((name) => !isWritten(name))).toEqual([]);
});

test('what an invocation counts is one line, which CloudWatch reads as metrics of one dimension', async () => {
  await run(() => {
    note({ userId: 'ann', action: 'message' });
    count('Posts', 2);
    count('Posts', 3);
    count('Retries', 0);
    measure('FanoutTime', 12, 'Milliseconds');
    measure('FanoutTime', 13, 'Milliseconds');
  });
  const [line, ...more] = log.take();
  expect(more).toEqual([]);
  expect(line).toEqual({
    level: 'INFO',
    message: 'Metrics',
    timestamp: expect.stringMatching(/Z$/),
    service: 'storm-test',
    function: 'message',
    requestId: 'r',
    correlationId: 'asked',
    userId: 'ann',
    action: 'message',
    Posts: 5,
    FanoutTime: [12, 13],
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: 'Storm',
          Dimensions: [['service']],
          Metrics: [
            { Name: 'Posts', Unit: 'Count' },
            { Name: 'FanoutTime', Unit: 'Milliseconds' },
          ],
        },
      ],
    },
  });
});

test('an invocation that counts nothing writes nothing, and one that fails writes what it has counted', async () => {
  await run(() => note({ userId: 'ann' }));
  expect(log.take()).toEqual([]);
  const failing = run(() => {
    count('Posts');
    throw new Error('is bad');
  });
  await expect(failing).rejects.toThrow('is bad');
  expect(log.take()).toMatchObject([{ Posts: 1 }]);
});

test('a line has no more than the 100 values of a metric that CloudWatch takes', async () => {
  await run(() => {
    for (let i = 0; i < 250; i++) measure('FanoutSockets', i, 'Count');
  });
  const values = log.take().map((line) => z.array(z.number()).parse(line['FanoutSockets']));
  expect(values.map(({ length }) => length)).toEqual([100, 100, 50]);
  expect(values.flat()).toEqual(Array.from({ length: 250 }, (_, i) => i));
});

test('invocations at the same time have their own ids and counts', async () => {
  const first = Promise.withResolvers<void>();
  await Promise.all([
    run(async () => {
      await first.promise;
      correlate('one');
      count('Posts', 1);
      await sleep(1);
      logger.warn('late');
    }, 'first'),
    run(async () => {
      correlate('two');
      count('Posts', 2);
      first.resolve();
    }, 'second'),
  ]);
  expect(log.take()).toMatchObject([
    { message: 'Metrics', requestId: 'second', correlationId: 'two', Posts: 2 },
    { level: 'WARN', message: 'late', requestId: 'first', correlationId: 'one', function: 'message' },
    { message: 'Metrics', requestId: 'first', correlationId: 'one', Posts: 1 },
  ]);
});

test('a job of a queue goes on with the correlation id of what caused it, and else has that of its message', async () => {
  const handler = queueHandler(z.object({}), async () => {
    logger.info('works');
    return 'retry';
  });
  const Records = [{ correlationId: 'caused' }, {}].map((body, i) => ({
    messageId: `m${i}`,
    body: JSON.stringify(body),
  }));
  // @ts-expect-error The other properties of a record aren't used.
  await handler({ Records }, context('r'));
  expect(log.take()).toMatchObject([
    { message: 'works', correlationId: 'caused' },
    { message: 'works', correlationId: 'm1' },
    { message: 'Metrics', correlationId: 'caused m1', Retries: 2 },
  ]);
});

test('a record of a stream has the id of its message, and else its key; the oldest one says how late the batch is', async () => {
  vi.useFakeTimers({ now: 100_000 });
  const record = (sk: string, more: DynamoDBRecord['dynamodb'], seconds: number): DynamoDBRecord => ({
    dynamodb: { Keys: { pk: { S: 'c' }, sk: { S: sk } }, ApproximateCreationDateTime: seconds, ...more },
  });
  const clientId = { B: Buffer.from('019a0000000070008000000000000001', 'hex').toString('base64') };
  const handler = streamHandler(async () => void logger.info('works'));
  await handler({ Records: [record('1', { NewImage: { clientId } }, 98), record('2', {}, 99)] }, context('r'));
  vi.useRealTimers();
  const correlationId = '019a0000-0000-7000-8000-000000000001 c/2';
  expect(log.take()).toMatchObject([
    { message: 'works', correlationId },
    { message: 'Metrics', correlationId, StreamLag: 2_000 },
  ]);
});

test.each<[Parameters<typeof logSecurity>[0], Partial<Record<MetricName, number>>]>([
  [{ name: 'login_failed' }, { LoginsFailed: 1 }],
  [{ name: 'connection_refused', reason: 'paused' }, { ConnectsRefused: 1 }],
  [{ name: 'forbidden' }, { SecurityRefusals: 1 }],
  [{ name: 'login' }, {}],
])('the security event %j is counted as %j', async (event, counted) => {
  await run(() => logSecurity(event));
  const [line, metric] = log.take();
  expect(line).toMatchObject({ message: 'Security event', requestId: 'r', security: { event: event.name } });
  expect(line).not.toHaveProperty('_aws');
  if (Object.keys(counted).length > 0) expect(metric).toMatchObject(counted);
  else expect(metric).toBeUndefined();
});
