import { LruMap } from '#core/lru-map.ts';

/** A token bucket: how much lasts, and how much may come at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * A bucket is kept as one number, the time at which it is full again (the generic cell rate algorithm, ITU-T I.371): a token moves
 * that time on, and may be taken while it stays within the time that a whole bucket takes to fill. Whole ms, so a rate of more
 * than 1 000 a second can't be had.
 */
export function tokensMs({ perSecond }: Rate, tokens: number): number {
  return tokens * Math.ceil(1_000 / perSecond);
}

/** How long to wait until `tokens` can be taken, in ms; 0 where they can be now. */
export function waitMs(rate: Rate, fullAt: number | undefined, now: number, tokens = 1): number {
  return Math.max(0, (fullAt ?? 0) - latestFullAt(rate, now, tokens));
}

/** The latest time to be full at, before `tokens` are taken, at which they still can be. */
export function latestFullAt(rate: Rate, now: number, tokens = 1): number {
  return now + tokensMs(rate, rate.burst) - tokensMs(rate, tokens);
}

/** Buckets in memory, those that were used least lately forgotten beyond `capacity`. */
export function createTokenBuckets(rate: Rate, capacity: number) {
  const fullAt = new LruMap<string, number>(capacity);

  /** Takes tokens, also more than there are: what is owed delays what comes next. */
  function charge(key: string, now: number, tokens = 1): void {
    const before = fullAt.get(key) ?? now;
    fullAt.set(key, Math.max(before, now) + tokensMs(rate, tokens));
  }

  return {
    charge,

    /** Takes a token where there is one; else how long to wait, in ms. */
    take(key: string, now: number): number {
      const wait = waitMs(rate, fullAt.get(key), now);
      if (wait === 0) charge(key, now);
      return wait;
    },
  };
}
