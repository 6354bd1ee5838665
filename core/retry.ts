import { fullJitter } from '#core/backoff.ts';
import { fail, type Result } from '#protocol/failures.ts';
import type { Runtime } from './runtime.ts';

/**
 * A change conflicts with each message that is sent at the same time. This many tries are enough in all but very busy
 * conversations.
 */
const maxTries = 20;

/** In ms. */
const backoff = { first: 10, longest: 100 };

/**
 * Calls `attempt` until it returns a result. It returns undefined if the data that it read was changed before it could write. The
 * waits between tries grow and are random. Errors: those of `attempt`, and `unavailable` after the last try.
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
