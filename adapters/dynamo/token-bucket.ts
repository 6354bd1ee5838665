import * as bucket from '#core/rate-limits/token-bucket.ts';
import { latestFullAt, type Rate, tokensMs } from '#core/rate-limits/token-bucket.ts';
import { type Expression, expression } from './expression.ts';

/**
 * A token bucket is stored as the time when it is full again, in ms since 2026. That is two digits shorter than ms since 1970,
 * which matters because the buckets of eight members share one write unit with their conversation's head.
 */
const epoch = Date.UTC(2026, 0);
export const storedTokenBucketTime = (ms: number) => ms - epoch;
export const tokenBucketTime = (stored: number) => stored + epoch;

/**
 * A bucket that is full later than an empty one, by more than this in ms, was written by a function whose clock was ahead. It counts as
 * full: otherwise everybody whom that function served could do nothing until the time of its clock. Clocks that are right differ by
 * less, so nobody gets a full bucket for an empty one.
 */
const clockMarginMs = 60_000;
const latestTrue = (rate: Rate, now: number) => now + tokensMs(rate, rate.burst) + clockMarginMs;

/** As that of core, for a bucket that is stored, and that another clock may have written. */
export function waitMs(rate: Rate, fullAt: number | undefined, now: number, tokens = 1): number {
  return fullAt !== undefined && fullAt > latestTrue(rate, now) ? 0 : bucket.waitMs(rate, fullAt, now, tokens);
}

/** Tokens to take (1 unless given), at the time `now`. Times are in ms since 1970. */
interface Taking {
  readonly rate: Rate;
  readonly now: number;
  readonly tokens?: number;
  /** When the bucket is believed to be full. It only matters whether that time has passed. */
  readonly fullAt: number | undefined;
}

/**
 * The parts of an update that takes tokens from the bucket stored at `path`. DynamoDB can't compute the maximum of two values, so
 * a full bucket needs another `set` than one that is filling up, and the caller has to guess which it is. `guessed` is the
 * condition that the bucket is as `fullAt` says. `enough` is the condition that it has the tokens.
 */
export function takeFrom(path: Expression, { rate, now, tokens = 1, fullAt }: Taking) {
  const cost = tokensMs(rate, tokens);
  const at = storedTokenBucketTime(now);
  const latest = latestTrue(rate, now);
  const untrue = expression`${path} > ${storedTokenBucketTime(latest)}`;
  const filling = fullAt !== undefined && fullAt > now && fullAt <= latest;
  return {
    set: filling ? expression`${path} = ${path} + ${cost}` : expression`${path} = ${at + cost}`,
    guessed: filling
      ? expression`(${path} > ${at} AND NOT ${untrue})`
      : expression`(attribute_not_exists(${path}) OR ${path} <= ${at} OR ${untrue})`,
    enough: expression`(attribute_not_exists(${path}) OR ${path} <= ${storedTokenBucketTime(latestFullAt(rate, now, tokens))} OR ${untrue})`,
  };
}
