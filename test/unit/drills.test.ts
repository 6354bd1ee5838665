import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { catalogue } from '#drills/catalogue.ts';
import type { Sent } from '#drills/crowd.ts';
import { course, latencyOf, measure, recovery } from '#drills/measure.ts';
import { chaos } from '#drills/report.ts';
import { readResults } from '#drills/results.ts';

describe('docs/chaos.md', () => {
  test('is made from the results of the drills', () => {
    expect(readFileSync('docs/chaos.md', 'utf8')).toBe(chaos(readResults()));
  });

  test('has each drill once, in the order of the catalogue, and names those that were not run', () => {
    const names = readResults().map(({ name }) => name);
    expect(names).toEqual(Object.keys(catalogue).filter((name) => names.some((each) => each === name)));
    for (const name of Object.keys(catalogue)) expect(chaos(readResults())).toContain(`\`${name}\``);
  });
});

const message = (due: number, acknowledged: number | undefined, ...delivered: number[]): Sent => ({
  due,
  recipients: 2,
  ...(acknowledged !== undefined && { acknowledged }),
  delivered,
});

describe('what a drill measures', () => {
  test('is counted from when a message was due, and by when it was due', () => {
    const sent = [message(100, 150, 200, 300), message(1_900, 4_000, 5_000), message(2_500, undefined)];
    const measured = measure([0, 2_000], { sent, calls: [], attempts: [] });
    expect(measured).toMatchObject({ messages: 2, undelivered: 1, accepted: { max: 2_100 } });
    expect(measured.delivered).toEqual({ p50: 200, p95: 3_100, p99: 3_100, max: 3_100 });
  });

  test('are all requests that began then, failed ones in percent', () => {
    const attempts = [true, false, false, false].map((failed) => ({ at: 500, failed }));
    const calls = [
      { what: 'read', at: 500, ms: 10, failed: false },
      { what: 'read', at: 600, ms: 9, failed: true },
      { what: 'upload', at: 600, ms: 7, failed: false },
    ] as const;
    const measured = measure([0, 1_000], { sent: [], calls, attempts: [...attempts, { at: 1_000, failed: true }] });
    expect(measured).toMatchObject({
      errors: 25,
      read: { count: 2, failed: 1, p50: 10 },
      upload: { count: 1, failed: 0 },
    });
  });

  test('of nothing is nothing', () => {
    expect(latencyOf([])).toEqual({ p50: undefined, p95: undefined, p99: undefined, max: undefined });
    expect(course([0, 2_500], { sent: [], calls: [], attempts: [] })).toHaveLength(2);
  });

  test('a fault is over when the last slow message has arrived, and no request fails any more', () => {
    const steady = measure([0, 1_000], { sent: [message(0, 10, 20)], calls: [], attempts: [] });
    const of = (sent: Sent[], failedAt: number[] = []) =>
      recovery(
        10_000,
        steady,
        sent,
        failedAt.map((at) => ({ at, failed: true })),
      );
    expect(of([message(9_900, 9_950, 10_200)])).toBe(0);
    expect(of([message(5_000, 9_000, 12_000), message(11_000, 11_010, 11_020)])).toBe(2_000);
    expect(of([], [9_000, 13_000])).toBe(3_000);
  });
});
