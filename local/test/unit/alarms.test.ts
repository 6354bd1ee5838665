import { expect, test } from 'vitest';
import { parseAlarmRule } from '../../cloudwatch/alarm-rule.ts';
import { type AlarmState, Alarms } from '../../cloudwatch/alarms.ts';
import { compositeAlarm, metricAlarm } from '../../cloudwatch/definitions.ts';
import { parseExpression } from '../../cloudwatch/expression.ts';
import { Figures } from '../../cloudwatch/figures.ts';

const minute = 60_000;
const metric = { namespace: 'Shop', name: 'Errors', dimensions: { shop: 'a' } };
const watching = {
  Namespace: 'Shop',
  MetricName: 'Errors',
  Dimensions: [{ Name: 'shop', Value: 'a' }],
  Statistic: 'Sum',
  Period: 60,
  Threshold: 2,
  ComparisonOperator: 'GreaterThanThreshold',
  EvaluationPeriods: 1,
};

/** Alarms on a clock that the test moves. `run` puts a value into each of the next minutes, and returns the states after them. */
function shop(properties: object = {}) {
  let now = 0;
  const figures = new Figures(() => now);
  const told: string[] = [];
  const alarms = new Alarms(figures, async ({ alarm, state }: AlarmState, before) => {
    told.push(`${alarm.name}: ${before.state} > ${state}`);
  });
  alarms.add(metricAlarm('errors', 'arn:errors', { ...watching, ...properties }));
  return {
    alarms,
    figures,
    told,
    async run(...values: (number | undefined)[]) {
      const states: unknown[] = [];
      for (const value of values) {
        if (value !== undefined) figures.put(metric, value);
        now += minute;
        await alarms.evaluate();
        states.push(alarms.states[0]?.state);
      }
      return states;
    },
  };
}

test('an alarm follows the last full period, and tells of each change once', async () => {
  const { run, told } = shop();
  expect(await run(2, 3, 3, 0)).toEqual(['OK', 'ALARM', 'ALARM', 'OK']);
  expect(told).toEqual(['errors: INSUFFICIENT_DATA > OK', 'errors: OK > ALARM', 'errors: ALARM > OK']);
});

test('M of N periods have to be bad, whichever they are', async () => {
  const { run } = shop({ EvaluationPeriods: 3, DatapointsToAlarm: 2 });
  expect(await run(3, 0, 3, 0, 0)).toEqual(['OK', 'OK', 'ALARM', 'OK', 'OK']);
});

test('a period of several minutes adds them up', async () => {
  const { run } = shop({ Period: 300 });
  expect(await run(1, 1, 1, 0, 0, 0, 0)).toEqual(['OK', 'OK', 'ALARM', 'ALARM', 'ALARM', 'OK', 'OK']);
});

test.each([
  ['missing', 'INSUFFICIENT_DATA'],
  ['notBreaching', 'OK'],
  ['breaching', 'ALARM'],
  ['ignore', 'ALARM'],
])('missing data is %s', async (TreatMissingData, state) => {
  const { run } = shop({ TreatMissingData });
  expect((await run(3, undefined)).at(-1)).toBe(state);
});

test('what is missing from before the stack was started is not bad', async () => {
  const { run } = shop({ TreatMissingData: 'breaching', EvaluationPeriods: 3 });
  expect(await run(undefined, undefined, undefined)).toEqual(['OK', 'OK', 'ALARM']);
});

test('percentiles and all comparisons are known', async () => {
  const p90 = shop({ Statistic: undefined, ExtendedStatistic: 'p90', Threshold: 8 });
  for (const value of [1, 2, 3, 4, 5, 6, 7, 8]) p90.figures.put(metric, value);
  p90.figures.put(metric, 10);
  expect(await p90.run(10)).toEqual(['ALARM']);
  for (const [ComparisonOperator, states] of Object.entries({
    GreaterThanOrEqualToThreshold: ['OK', 'ALARM', 'ALARM'],
    LessThanThreshold: ['ALARM', 'OK', 'OK'],
    LessThanOrEqualToThreshold: ['ALARM', 'ALARM', 'OK'],
  }))
    expect(await shop({ ComparisonOperator }).run(1, 2, 3)).toEqual(states);
});

const stat = (Id: string, MetricName: string, ReturnData = false) => ({
  Id,
  ReturnData,
  MetricStat: { Metric: { ...watching, MetricName }, Period: 60, Stat: 'Sum' },
});
const single = {
  Namespace: undefined,
  MetricName: undefined,
  Statistic: undefined,
  Period: undefined,
  Dimensions: undefined,
};

test('an expression of metrics can be watched', async () => {
  const share = { Id: 'share', Expression: 'IF(all >= 10, 100 * bad / all, 0)' };
  const { run, figures } = shop({ ...single, Metrics: [share, stat('all', 'Requests'), stat('bad', 'Errors')] });
  figures.put({ ...metric, name: 'Requests' }, 5);
  expect(await run(5)).toEqual(['OK']);
  figures.put({ ...metric, name: 'Requests' }, 100);
  expect(await run(5)).toEqual(['ALARM']);
});

test('composite alarms follow others, and one that suppresses them keeps them quiet', async () => {
  const { run, alarms, told } = shop();
  const rule = (AlarmRule: string, more: object = {}) =>
    compositeAlarm(`of ${AlarmRule}`, `arn:${AlarmRule}`, { AlarmRule, ...more });
  alarms.add(rule('ALARM("arn:errors")'));
  alarms.add(rule('NOT ALARM(errors)'));
  alarms.add(rule('ALARM(errors) OR FALSE', { ActionsSuppressor: 'errors' }));
  await run(0, 3);
  expect(alarms.states.map(({ state }) => state)).toEqual(['ALARM', 'ALARM', 'OK', 'ALARM']);
  expect(told).toContain('of ALARM("arn:errors"): OK > ALARM');
  expect(told).not.toContain('of ALARM(errors) OR FALSE: OK > ALARM');
});

test.each([
  ['ALARM(a) AND NOT (OK(b) OR INSUFFICIENT_DATA("b"))', true],
  ['ALARM(a) AND OK(b) OR TRUE', true],
  ['NOT NOT ALARM(b) AND FALSE', false],
  ['OK(a)', false],
])('the rule %s is %s', (text, expected) => {
  expect(parseAlarmRule(text).holds(() => 'ALARM')).toBe(expected);
});

test.each([
  ['a + 2 * b ^ 2', [9, undefined, 3]],
  ['-a + (b - 1) / 2', [-0.5, undefined, -1]],
  ['FILL(b, 0) / PERIOD(a)', [2 / 60, 0, 1 / 60]],
  ['FILL(b, REPEAT)', [2, 2, 1]],
  ['a / (b - 1)', [1, undefined, undefined]],
  ['IF(b > 1 || a == 1, a, 7)', [1, undefined, 1]],
  ['SUM([a, b])', [3, 5, 2]],
  ['MAX(METRICS())', [2, 5, 1]],
  ['AVG(a)', [7 / 3, 7 / 3, 7 / 3]],
  ['a - SUM(b)', [-2, 2, -2]],
  ['RATE(a)', [undefined, 4 / 60, -4 / 60]],
  ['100 * a / SERVICE_QUOTA(a)', [1, 5, 1]],
  ['1e3', [1000, 1000, 1000]],
])('the expression %s is computed', (text, expected) => {
  const series = { a: [1, 5, 1], b: [2, undefined, 1] };
  const values = parseExpression(text)({
    series: (id) => series[id as 'a' | 'b'],
    all: () => Object.values(series),
    periodSeconds: 60,
    length: 3,
    quota: () => 100,
  });
  expect(values).toEqual(expected);
});

test('what can not be evaluated is refused by its name', () => {
  const errors = (properties: object) => () => shop(properties);
  expect(errors({ ComparisonOperator: 'LessThanLowerOrGreaterThanUpperThreshold' })).toThrow('anomaly detection');
  expect(errors({ Statistic: 'tm99' })).toThrow("tm99 isn't supported");
  expect(errors({ Period: 10 })).toThrow('whole minutes');
  expect(errors({ Period: 86_400 })).toThrow('look back 180 minutes');
  const expression = (Expression: string) => errors({ ...single, Metrics: [{ Id: 'e', Expression, Period: 60 }] });
  expect(expression('SEARCH(a)')).toThrow('The function SEARCH');
  expect(expression('1 +')).toThrow('at its end');
  expect(expression('nothing + 1')).toThrow('There is no metric nothing');
  expect(() => parseAlarmRule('AT_LEAST(2, ALARM)')).toThrow('has no (');
  expect(() => parseAlarmRule('ALARM(a) ALARM(b)')).toThrow('goes on with ALARM');
  expect(() => shop().alarms.add(compositeAlarm('c', 'arn:c', { AlarmRule: 'ALARM(none)' }))).toThrow('no alarm none');
});
