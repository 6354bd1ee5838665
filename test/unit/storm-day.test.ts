import fc from 'fast-check';
import { expect, test } from 'vitest';
import { grows } from '#soak/trend.ts';
import { Histogram } from '#storm-day/histogram.ts';
import { chartsOf } from '#storm-day/report/charts.ts';
import type { Results } from '#storm-day/report/results.ts';
import { textOf } from '#storm-day/report/text.ts';
import { Timeline } from '#storm-day/timeline.ts';

const histogramOf = (values: readonly number[]) => {
  const histogram = new Histogram();
  for (const value of values) histogram.add(value);
  return histogram;
};

test('a percentile is that of the sorted values, within 4 %, however they were divided', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1 }), fc.nat(), (values, cut) => {
      const [one, other] = [values.slice(0, cut % values.length), values.slice(cut % values.length)];
      const merged = histogramOf(one).merge(histogramOf(other).buckets);
      const sorted = values.toSorted((a, b) => a - b);
      for (const percent of [50, 95, 100]) {
        const exact = sorted[Math.max(1, Math.ceil((percent / 100) * values.length)) - 1] ?? 0;
        const found = merged.percentile(percent) ?? 0;
        expect(found).toBeGreaterThanOrEqual(Math.floor(exact));
        expect(found).toBeLessThanOrEqual(Math.ceil(exact * 1.04) + 1);
      }
    }),
  );
  expect(new Histogram().percentile(50)).toBeUndefined();
});

test('the figures of a phase are those of its seconds, of all processes', () => {
  const timeline = new Timeline();
  const second = (at: number, delivered: number, ms: number) => {
    const nothing = { sent: 0, acked: 0, asked: 0, failed: 1, ack: {}, delay: {}, cpuMs: 0, rss: 0, offline: 1 };
    timeline.add({ at, delivered, delivery: histogramOf([ms]).buckets, ...nothing });
  };
  second(10, 5, 20);
  second(10, 7, 400);
  second(11, 100, 9_000);
  expect(timeline.between(10, 11)).toMatchObject({ seconds: 1, delivered: 12 });
  expect(timeline.between(10, 11).delivery.percentile(100)).toBeLessThan(450);
  expect(timeline.points(10)).toMatchObject([
    { at: 0, delivered: 12, failed: 2, offline: 2 },
    { at: 1, delivered: 100 },
  ]);
  expect(timeline.points(10)[0]).not.toHaveProperty('ackP50');
});

const noise = (i: number) => Math.sin(i * 12.9898) * 5;
const over = (value: (i: number) => number) => Array.from({ length: 120 }, (_, i) => [10 * i, value(i)] as const);

test('noise, a fall, and what is used up at the start are no growth', () => {
  expect(
    grows(
      over((i) => 100 + noise(i)),
      0.1,
    ).isGrowing,
  ).toBe(false);
  expect(
    grows(
      over((i) => 300 - i + noise(i)),
      0.1,
    ).isGrowing,
  ).toBe(false);
  expect(
    grows(
      over((i) => 100 + Math.min(i, 30) + noise(i)),
      0.1,
    ).isGrowing,
  ).toBe(false);
  expect(
    grows(
      over(() => 100),
      0.1,
    ).isGrowing,
  ).toBe(false);
});

test('a leak is growth, also below noise, and a rise within the tolerance is none', () => {
  expect(
    grows(
      over((i) => 100 + 0.25 * i + noise(i)),
      0.1,
    ).isGrowing,
  ).toBe(true);
  expect(
    grows(
      over((i) => 100 + 0.25 * i + noise(i)),
      0.3,
    ).isGrowing,
  ).toBe(false);
  expect(
    grows(
      over((i) => 100 + i),
      0.1,
    ).isGrowing,
  ).toBe(true);
});

test('the report puts counts first, the baseline beside each price, and says that the machine was busy', () => {
  const times = { p50: 20, p95: 80, p99: undefined };
  const phase = {
    name: 'ramp',
    from: 0,
    to: 9,
    sent: 1,
    acked: 1,
    delivered: 2,
    ack: times,
    delivery: times,
    delay: times,
  };
  const price = {
    members: 2,
    writeUnits: 2,
    readUnits: 1,
    invocations: 1,
    posts: 1,
    cpuPerDelivery: 900,
    dollarsPerMillionDeliveries: 5,
  };
  const counts = {
    events: 9,
    conversations: 1,
    sent: 7,
    acked: 7,
    refused: 0,
    unknown: 0,
    inHistory: 7,
    delivered: 7,
    deliveries: 41,
  };
  const step = {
    rate: 5,
    messagesPerSecond: 5,
    deliveriesPerSecond: 9,
    ackP95: 600,
    deliveryP95: 9,
    cpu: { clients: 0.1, stack: 0.8, idle: 0.1 },
  };
  const results: Results = {
    at: '2026-11-28T12:00:00.000Z',
    seconds: 500,
    machine: { cpu: 'a core', cores: 2, memoryGb: 8, node: 'v24', load: 9 },
    historyMb: 1,
    commit: 'abc123',
    requestsPerSecond: 2_000,
    population: { writers: 24, readers: 76, light: 900 },
    seed: 1,
    load: { direct: 5, group: 5, fifty: 0, room: 6 },
    steadyP95: 300,
    verdict: {
      valid: true,
      counts: { ...counts, lost: 0, doubled: 0, outOfOrder: 0, leaked: 0 },
      operations: [{ f: 'send', asked: 9, ok: 7, failed: 0, unknown: 2 }],
      findings: [],
      countOf: {},
      unjudged: [],
    },
    connect: { p50: 10, p95: 20, count: 600 },
    phases: [phase],
    drills: [
      {
        name: 'database-away',
        title: 'The database is away',
        hypothesis: 'It waits.',
        seconds: 30,
        faults: [{ kind: 'down', met: 3 }],
        failed: 0.5,
        deliveryP95: undefined,
        offline: 3,
        alarms: [],
        recoveredAfter: undefined,
      },
    ],
    capacity: { 'small conversations': [{ ...step, broken: 'too late' }], 'a room of 1,000': [] },
    settled: { unanswered: 0, behind: 0, asked: 0 },
    timeline: [{ at: 1, sent: 1, acked: 1, delivered: 2, deliveryP50: 20, deliveryP99: 30_000, failed: 0, offline: 0 }],
    prices: { storm: [price], baseline: [{ ...price, dollarsPerMillionDeliveries: 9 }] },
  };
  const text = textOf(results);
  expect(text).toContain('| 7 | 7 | 7 | 0 | 41 | 0 | 0 | 0 | 0 |');
  expect(text.indexOf('## Counts')).toBeLessThan(text.indexOf('## The course'));
  expect(text).toContain('| `send` | 9 | 7 | 0 | 2 |');
  expect(text).toMatch(/\| STORM \|.*\| 5 \|\n.*\| baseline \|.*\| 9 \|/);
  expect(text).toContain('The machine was busy with other work');
  expect(text).toContain('more than 60 s');
  expect(text).not.toMatch(/undefined|NaN/);
  for (const svg of Object.values(chartsOf(results))) expect(svg).not.toMatch(/undefined|NaN/);
});
