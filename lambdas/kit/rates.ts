import * as z from 'zod/mini';
import { createTokenBuckets } from '#core/rate-limits/token-bucket.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { setting } from './environment.ts';

const rate = z.object({ perSecond: z.number(), burst: z.number() });

/** The rate limits of the stage. `lib/rates.ts` says what each of them is for. */
export const Rates = z.object({
  messages: rate,
  frames: rate,
  refusedFrames: rate,
  revisions: rate,
  conversations: rate,
  directs: rate,
  membersAdded: rate,
  searches: rate,
  profiles: rate,
  requests: rate,
  openRequests: rate,
  registrations: rate,
  refreshes: rate,
  connects: rate,
});

export type Rates = z.infer<typeof Rates>;

/** Reads the rate limits from the environment. Throws if they are missing or have another shape. */
export function rates(): Rates {
  return Rates.parse(JSON.parse(setting('RATES')));
}

/** The number of people or networks that an environment counts, which takes about 1 MB. */
const counted = 10_000;

/**
 * Token buckets in this environment's memory. They cost nothing, and ten environments let ten times as much through: they are the
 * first line, which the throttle of the stage completes (decisions 0048 and 0098).
 */
export function inMemory(kind: keyof Rates) {
  return createTokenBuckets(rates()[kind], counted);
}

/** As `inMemory`, for what only has to be let through or refused. Error: `rate_limited`, with the ms to wait. */
export function limitedInMemory(kind: keyof Rates) {
  let buckets: ReturnType<typeof inMemory> | undefined;
  return (key: string, tokens = 1): Result<void> => {
    // The rates are read at the first call, because a function may import this and never call it.
    buckets ??= inMemory(kind);
    const waitMs = buckets.take(key, Date.now(), tokens);
    return waitMs > 0 ? fail('rate_limited', undefined, waitMs) : { ok: undefined };
  };
}
