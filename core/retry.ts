import { fullJitter } from '#core/backoff.ts';
import { fail, type Result } from '#protocol/failures.ts';
import type { Runtime } from './runtime.ts';

/** A change races with every message of its conversation; with this many tries it comes through in all but a flood. */
const maxTries = 20;

/** In ms. */
const backoff = { first: 10, longest: 100 };

/**
 * Calls `attempt` again for as long as it answers `undefined`, which says that what it planned on has changed meanwhile. The waits
 * between tries grow and are random. Errors: those of `attempt`, and `unavailable` after the last try.
 */
export async function untilApplied<T>(
  runtime: Pick<Runtime, 'sleep' | 'random'>,
  attempt: () => Promise<Result<T> | undefined>,
): Promise<Result<T>> {
  for (let tries = 1; tries <= maxTries; tries++) {
    const result = await attempt();
    if (result) return result;
    await runtime.sleep(fullJitter(runtime.random, backoff, tries));
  }
  return fail('unavailable');
}
