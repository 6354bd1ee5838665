import type { Runtime } from './runtime.ts';

/** The waits between tries, in any unit of time. */
export interface Backoff {
  /** The longest wait after the first try. It doubles with each further try. */
  readonly first: number;
  /** The longest wait of all. */
  readonly longest: number;
}

/**
 * A random wait after `tries` tries, between 0 and the longest wait that applies then. It is random, so that callers which failed
 * at the same time don't try again at the same time ("full jitter", AWS Architecture Blog, "Exponential Backoff And Jitter").
 */
export function fullJitter(random: Runtime['random'], { first, longest }: Backoff, tries: number): number {
  return random() * Math.min(longest, first * 2 ** (tries - 1));
}
