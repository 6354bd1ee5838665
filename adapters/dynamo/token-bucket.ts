import { latestFullAt, type Rate, tokensMs } from '#core/rate-limits/token-bucket.ts';
import { type Expression, expression } from './expression.ts';

/**
 * A token bucket is stored as the time when it is full again, in ms since 2026. That is two digits shorter than ms since 1970,
 * which matters because the buckets of eight members share one write unit with their conversation's head.
 */
const epoch = Date.UTC(2026, 0);
export const storedTokenBucketTime = (ms: number) => ms - epoch;
export const tokenBucketTime = (stored: number) => stored + epoch;

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
  const filling = fullAt !== undefined && fullAt > now;
  return {
    set: filling ? expression`${path} = ${path} + ${cost}` : expression`${path} = ${at + cost}`,
    guessed: filling ? expression`${path} > ${at}` : expression`(attribute_not_exists(${path}) OR ${path} <= ${at})`,
    enough: expression`(attribute_not_exists(${path}) OR ${path} <= ${storedTokenBucketTime(latestFullAt(rate, now, tokens))})`,
  };
}
