import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTokenBuckets, type Rate } from '#core/rate-limits/token-bucket.ts';

const rate = fc.record({ perSecond: fc.integer({ min: 1, max: 100 }), burst: fc.integer({ min: 1, max: 50 }) });

/** The times at which tokens were given that were requested at these times. */
function taken(rate: Rate, times: readonly number[]): number[] {
  const buckets = createTokenBuckets(rate, 10);
  return times.filter((time) => buckets.take('ann', time) === 0);
}

test('in any stretch of time a bucket gives its burst and what came back meanwhile, and no more', () => {
  fc.assert(
    fc.property(rate, fc.array(fc.nat(200), { maxLength: 300 }), (rate, gaps) => {
      let now = 0;
      const given = taken(
        rate,
        gaps.map((gap) => (now += gap)),
      );
      for (const [from, start] of given.entries())
        for (const [more, end] of given.slice(from).entries())
          expect(more + 1).toBeLessThanOrEqual(rate.burst + ((end - start) * rate.perSecond) / 1_000);
    }),
    { numRuns: 50 },
  );
});

test('who is told to wait gets a token then, and not a ms before', () => {
  fc.assert(
    fc.property(rate, fc.nat(500), (rate, later) => {
      const buckets = createTokenBuckets(rate, 10);
      for (let i = 0; i < rate.burst; i++) expect(buckets.take('ann', 0)).toBe(0);
      const now = Math.min(later, Math.floor(1_000 / rate.perSecond) - 1);
      const wait = buckets.take('ann', now);
      expect(wait).toBeGreaterThan(0);
      expect(buckets.take('ann', now + wait - 1)).toBe(1);
      expect(buckets.take('ann', now + wait)).toBe(0);
    }),
  );
});

test('each has a bucket of their own, and what is owed is waited for', () => {
  const buckets = createTokenBuckets({ perSecond: 10, burst: 2 }, 10);
  buckets.charge('ann', 0, 12);
  expect(buckets.take('ben', 0)).toBe(0);
  expect(buckets.take('ann', 0)).toBe(1_100);
  expect(buckets.take('ann', 1_100)).toBe(0);
});

test('the bucket that was used least lately makes room for a new one', () => {
  const buckets = createTokenBuckets({ perSecond: 1, burst: 1 }, 2);
  for (const who of ['ann', 'ben']) buckets.take(who, 0);
  buckets.charge('ann', 0);
  buckets.take('cara', 0);
  expect(buckets.take('ann', 0)).toBe(2_000);
  expect(buckets.take('ben', 0)).toBe(0);
});
