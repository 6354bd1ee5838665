import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { handlers } from '../../event-sources/index.ts';
import { createResource } from '../helpers/resources.ts';
import { type TestWorld, testWorld } from '../helpers/world.ts';

const minute = 60_000;
const patrolArn = 'arn:aws:lambda:us-east-1:000000000000:function:patrol';
let world: TestWorld;
let events: unknown[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: Date.UTC(2026, 10, 22, 7, 30, 30) });
  events = [];
  world = testWorld({ functions: { patrol: (event) => events.push(event) } });
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  vi.useRealTimers();
});

const rule = (properties: object) => createResource(handlers, world, 'AWS::Events::Rule', { ...properties });
const schedule = (properties: object, target: object = {}) =>
  createResource(handlers, world, 'AWS::Scheduler::Schedule', {
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: patrolArn, RoleArn: 'arn:aws:iam::000000000000:role/r', ...target },
    ...properties,
  });
const Targets = [{ Arn: patrolArn, Id: 'T' }];

test('a rule with a rate sends its input again and again', async () => {
  const { ref, attributes } = await rule({
    ScheduleExpression: 'rate(2 minutes)',
    State: 'ENABLED',
    Targets: [{ ...Targets[0], Input: '{"beat":"north"}' }],
  });
  expect([ref, attributes?.['Arn']]).toEqual(['Test-Thing', 'arn:aws:events:us-east-1:000000000000:rule/Test-Thing']);
  await world.ready();
  await vi.advanceTimersByTimeAsync(2 * minute - 1);
  expect(events).toEqual([]);
  await vi.advanceTimersByTimeAsync(2 * minute + 1);
  expect(events).toEqual([{ beat: 'north' }, { beat: 'north' }]);
});

test('without an input of its own a target gets the scheduled event', async () => {
  await rule({ ScheduleExpression: 'rate(1 minute)', Targets });
  await world.ready();
  await vi.advanceTimersByTimeAsync(minute);
  expect(events).toEqual([
    {
      version: '0',
      id: expect.any(String),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: '000000000000',
      time: '2026-11-22T07:31:30Z',
      region: 'us-east-1',
      resources: ['arn:aws:events:us-east-1:000000000000:rule/Test-Thing'],
      detail: {},
    },
  ]);
});

test('a cron schedule comes once in its minute, in its time zone', async () => {
  const ScheduleExpressionTimezone = 'Europe/Berlin';
  await schedule({ ScheduleExpression: 'cron(32 8 ? * SUN *)', ScheduleExpressionTimezone }, { Input: '{"a":1}' });
  await world.ready();
  await vi.advanceTimersByTimeAsync(minute);
  expect(events).toEqual([]);
  await vi.advanceTimersByTimeAsync(120 * minute);
  expect(events).toEqual([{ a: 1 }]);
});

test('nothing comes before the stack is ready, after it stopped, or from what is disabled', async () => {
  await rule({ ScheduleExpression: 'rate(1 minute)', Targets });
  await schedule({ ScheduleExpression: 'rate(1 minute)', State: 'DISABLED' });
  await vi.advanceTimersByTimeAsync(5 * minute);
  expect(events).toEqual([]);
  await world.ready();
  await vi.advanceTimersByTimeAsync(minute);
  expect(events).toHaveLength(1);
  await world.stop();
  await vi.advanceTimersByTimeAsync(5 * minute);
  expect(events).toHaveLength(1);
});

test('a rate longer than timers can count does not come at once', async () => {
  await rule({ ScheduleExpression: 'rate(60 days)', Targets });
  await world.ready();
  await vi.advanceTimersByTimeAsync(24 * 60 * minute);
  expect(events).toEqual([]);
});

test.each([
  [
    'another target',
    { ScheduleExpression: 'rate(1 day)', Targets: [{ Arn: 'arn:aws:states:x', Id: 'T' }] },
    'can be a function, a queue',
  ],
  ['a one-time schedule', { ScheduleExpression: 'at(2026-12-01T00:00:00)', Targets }, 'neither a rate nor a cron'],
])('a rule with %s is refused', async (_, properties, message) => {
  await expect(rule(properties)).rejects.toThrow(message);
});
