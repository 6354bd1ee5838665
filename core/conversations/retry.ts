import { setTimeout as sleep } from 'node:timers/promises';
import { fail, type Result } from '#protocol/failures.ts';

/** A change races with every message; with this many tries it comes through in all but a flood. */
const maxTries = 20;

/** Repeats what answers with nothing because the conversation changed in between; in the end `unavailable`. */
export async function untilApplied<T>(attempt: () => Promise<Result<T> | undefined>): Promise<Result<T>> {
  for (let tries = 0; tries < maxTries; tries++) {
    const result = await attempt();
    if (result) return result;
    await sleep(Math.random() * 10 * tries);
  }
  return fail('unavailable');
}
