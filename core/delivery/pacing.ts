import type { Runtime } from '#core/runtime.ts';

/**
 * Rooms of more members post at a pace, in turns with all other such rooms. Smaller ones can't use up the share by themselves, and one
 * function posts to all of their sockets.
 */
export const unpacedMembers = 500;

/**
 * The part of API Gateway's requests per second that posts to rooms of more members may take. The others are for all other posts,
 * frames and HTTP requests, which share the quota ("Amazon API Gateway quotas").
 */
export const share = 0.7;

/**
 * How much of the share may be posted at once after a pause, in ms of it. With it no second has more posts than the quota. API Gateway's
 * bucket has room for it: 5 000 requests at a quota of 10 000 a second.
 */
const burstMs = (1_000 * (1 - share)) / share;

/** How many posts the share has in a ms. */
export function postsPerMs(requestsPerSecond: number): number {
  return (requestsPerSecond * share) / 1_000;
}

export interface PacingPorts extends Pick<Runtime, 'now' | 'sleep'> {
  /** The requests per second that API Gateway takes from this stage. */
  readonly requestsPerSecond: number;
  /**
   * Takes the next so many ms of the share after all that were taken, at `now` at the earliest. Returns when they begin, in ms since
   * 1970. No two overlap.
   */
  takeTurn(ms: number, now: number): Promise<number>;
}

/** Resolves when the next so many posts may begin. */
export type Pace = (posts: number) => Promise<void>;

/** Keeps posts of all functions together within the share: each takes as much time of it as they need, and waits until that is over. */
export function createPace({ requestsPerSecond, takeTurn, now, sleep }: PacingPorts): Pace {
  return async (posts) => {
    const ms = Math.ceil(posts / postsPerMs(requestsPerSecond));
    const endsAt = (await takeTurn(ms, now())) + ms;
    const wait = endsAt - burstMs - now();
    if (wait > 0) await sleep(wait);
  };
}
