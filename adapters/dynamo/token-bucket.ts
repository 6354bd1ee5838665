import { latestFullAt, type Rate, tokensMs } from '#core/rate-limits/token-bucket.ts';
import { type Expression, expression } from './expression.ts';

/** Token buckets are stored as ms since 2026, two digits shorter than since 1970: eight of them share a head's write unit. */
const epoch = Date.UTC(2026, 0);
export const storedTokenBucketTime = (ms: number) => ms - epoch;
export const tokenBucketTime = (stored: number) => stored + epoch;

interface Taking {
  readonly rate: Rate;
  readonly now: number;
  readonly tokens?: number;
  /** What the bucket is thought to be; only whether that has passed matters. */
  readonly fullAt: number | undefined;
}

/**
 * Takes tokens from the bucket at a path. DynamoDB has no maximum of two values, so a full bucket and one that is filling up
 * take different updates: `guessed` is the condition that the bucket is the one or the other, as `fullAt` says. `enough` is the
 * condition that the tokens are there.
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
