import type { Runtime } from './runtime.ts';

/** Waits between tries, in any unit of time. */
export interface Backoff {
  /** The longest wait after the first try. It doubles with every further one. */
  readonly first: number;
  /** No wait is longer. */
  readonly longest: number;
}

/**
 * A random wait before something is tried again: anything between none and the longest that `tries` earlier ones allow, so that those
 * who failed together don't come back together ("full jitter", AWS Architecture Blog, "Exponential Backoff And Jitter").
 */
export function fullJitter(random: Runtime['random'], { first, longest }: Backoff, tries: number): number {
  return random() * Math.min(longest, first * 2 ** (tries - 1));
}
