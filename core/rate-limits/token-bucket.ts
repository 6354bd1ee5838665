import { LruMap } from '#core/lru-map.ts';

/** The rate of a token bucket: how many tokens it gets per second, and how many it holds. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * The time in ms that a bucket needs for so many tokens. A bucket is stored as one number, the time at which it is full again
 * (the generic cell rate algorithm, ITU-T I.371). Taking a token moves that time forward. That is allowed while it stays within
 * the time that an empty bucket needs to fill. The times are whole ms, so rates above 1 000 a second aren't possible.
 */
export function tokensMs({ perSecond }: Rate, tokens: number): number {
  return tokens * Math.ceil(1_000 / perSecond);
}

/**
 * How long to wait until `tokens` can be taken, in ms. It is 0 if they can be taken now. Undefined `fullAt` means a full bucket.
 */
export function waitMs(rate: Rate, fullAt: number | undefined, now: number, tokens = 1): number {
  return Math.max(0, (fullAt ?? 0) - latestFullAt(rate, now, tokens));
}

/** The latest `fullAt`, in ms since 1970, with which a bucket still has `tokens`. */
export function latestFullAt(rate: Rate, now: number, tokens = 1): number {
  return now + tokensMs(rate, rate.burst) - tokensMs(rate, tokens);
}

/** Token buckets in memory, by key. At most `capacity` of them are remembered, those that were used last. */
export function createTokenBuckets(rate: Rate, capacity: number) {
  const fullAt = new LruMap<string, number>(capacity);

  /** Takes tokens, even more than the bucket has. The debt delays the next ones. */
  function charge(key: string, now: number, tokens = 1): void {
    const before = fullAt.get(key) ?? now;
    fullAt.set(key, Math.max(before, now) + tokensMs(rate, tokens));
  }

  return {
    charge,

    /** Takes tokens and returns 0, or takes none and returns how long to wait for them, in ms. */
    take(key: string, now: number, tokens = 1): number {
      const wait = waitMs(rate, fullAt.get(key), now, tokens);
      if (wait === 0) charge(key, now, tokens);
      return wait;
    },
  };
}
