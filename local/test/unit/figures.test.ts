import { expect, test } from 'vitest';
import { askForUnits, putUnits } from '../../cloudwatch/dynamodb.ts';
import { putLoggedMetrics } from '../../cloudwatch/emf.ts';
import { Figures, type Metric } from '../../cloudwatch/figures.ts';

const minute = 60_000;
const metric: Metric = { namespace: 'Shop', name: 'Orders', dimensions: { service: 'a', shop: 'b' } };

test('figures are kept by the minute, and added up over periods', () => {
  let now = 600_000;
  const figures = new Figures(() => now);
  for (const [at, value] of [
    [540_000, 3],
    [599_999, 5],
    [600_000, 7],
  ] as const) {
    now = at;
    figures.put(metric, value);
  }
  const same = { ...metric, dimensions: { shop: 'b', service: 'a' } };
  const of = (statistic: string, ...ends: number[]) => figures.statistics(same, statistic, minute, ends);
  expect(of('Sum', 540_000, 600_000, 660_000)).toEqual([undefined, 8, 7]);
  expect(of('Average', 600_000)).toEqual([4]);
  expect(of('SampleCount', 600_000)).toEqual([2]);
  expect(figures.statistics(metric, 'Maximum', 5 * minute, [660_000])).toEqual([7]);
  expect(figures.statistics({ ...metric, dimensions: {} }, 'Sum', minute, [600_000])).toEqual([undefined]);
  expect(() => of('tm99', 600_000)).toThrow("tm99 isn't supported");
});

test('percentiles are right within 1 %, over several minutes, whatever the range of the values', () => {
  let now = 0;
  const figures = new Figures(() => now);
  for (let i = 1; i <= 10_000; i++) {
    now = (i % 3) * minute;
    figures.put(metric, i / 10);
  }
  for (const [statistic, exact] of [
    ['p0', 0.1],
    ['p50', 500],
    ['p99', 990],
    ['p99.9', 999],
    ['p100', 1000],
  ] as const) {
    const [value = 0] = figures.statistics(metric, statistic, 3 * minute, [3 * minute]);
    expect(Math.abs(value - exact), `${statistic}: ${value}`).toBeLessThanOrEqual(exact / 100);
  }
});

test('memory is bounded: by three hours, and by a number of metrics', () => {
  let now = 0;
  const figures = new Figures(() => now);
  figures.put(metric, 1);
  now = 3 * 60 * minute;
  figures.put(metric, 1);
  figures.put(metric, 1, 0);
  expect(figures.statistics(metric, 'Sum', now + minute, [now + minute])).toEqual([1]);
  for (let i = 0; i < 3_000; i++) figures.put({ ...metric, name: `Orders${i}` }, 1);
  const sumOf = (name: string) => figures.statistics({ ...metric, name }, 'Sum', minute, [now + minute])[0];
  expect([sumOf('Orders'), sumOf('Orders1000'), sumOf('Orders2999')]).toEqual([1, 1, undefined]);
});

test('metrics in lines of the log are figures, and other lines are none', () => {
  const figures = new Figures(() => minute);
  const line = (more: object) =>
    JSON.stringify({
      service: 'a',
      shop: 'b',
      Orders: [1, 2.5],
      _aws: {
        Timestamp: 5_000,
        CloudWatchMetrics: [
          { Namespace: 'Shop', Dimensions: [['service', 'shop'], []], Metrics: [{ Name: 'Orders', Unit: 'Count' }] },
        ],
      },
      ...more,
    });
  putLoggedMetrics(line({}), figures);
  for (const other of [
    'no JSON "_aws"',
    '{"_aws": cut off',
    line({ _aws: 1 }),
    line({ Orders: 'many' }),
    `INFO ${line({})}`,
    line({ Orders: Array(101).fill(1) }),
  ])
    putLoggedMetrics(other, figures);
  expect(figures.statistics(metric, 'Sum', minute, [minute])).toEqual([3.5]);
  expect(figures.statistics({ ...metric, dimensions: {} }, 'SampleCount', minute, [minute])).toEqual([2]);
  putLoggedMetrics(line({}), figures, minute);
  expect(figures.statistics(metric, 'Sum', minute, [minute, 2 * minute])).toEqual([3.5, 3.5]);
});

const post = (body: string) => ({
  body: Buffer.from(body),
  bytes: Buffer.from(`POST / HTTP/1.1\r\nhost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`),
});

test('a request to DynamoDB is asked for the units that it uses, and stays whole', () => {
  const { body, bytes } = post('{"TableName":"Täble"}');
  const asked = askForUnits('GetItem', bytes, body).toString();
  const [head = '', sent = ''] = asked.split('\r\n\r\n');
  expect(JSON.parse(sent)).toEqual({ ReturnConsumedCapacity: 'TOTAL', TableName: 'Täble' });
  expect(head).toContain(`Content-Length: ${Buffer.byteLength(sent)}`);
  expect(askForUnits('DescribeTable', bytes, body)).toBe(bytes);
  const own = post('{"ReturnConsumedCapacity":"INDEXES","TableName":"T"}');
  expect(askForUnits('Query', own.bytes, own.body)).toBe(own.bytes);
});

test('the answers of DynamoDB have the units by table', () => {
  const figures = new Figures(() => 0);
  const answered = (operation: string, answer: string) =>
    putUnits(figures, { operation, body: Buffer.from('{"TableName":"T"}'), ms: 4 }, Buffer.from(answer));
  answered('Query', '{"Items":[],"ConsumedCapacity":{"TableName":"T","CapacityUnits":2.5}}');
  answered(
    'BatchGetItem',
    '{"ConsumedCapacity":[{"TableName":"T","CapacityUnits":1},{"TableName":"U","CapacityUnits":3}]}',
  );
  answered('PutItem', '{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}');
  answered('GetItem', '{"Item":{"ConsumedCapacity":{"S":"mine"}}}');
  const sum = (name: string, dimensions: Record<string, string>) =>
    figures.statistics({ namespace: 'AWS/DynamoDB', name, dimensions }, 'Sum', minute, [minute])[0];
  expect(sum('ConsumedReadCapacityUnits', { TableName: 'T' })).toBe(3.5);
  expect(sum('ConsumedReadCapacityUnits', { TableName: 'U' })).toBe(3);
  expect(sum('ConsumedWriteCapacityUnits', { TableName: 'T' })).toBe(1);
  expect(sum('SuccessfulRequestLatency', { TableName: 'T', Operation: 'Query' })).toBe(4);
});
