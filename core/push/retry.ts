import type { Runtime } from '#core/runtime.ts';

/** How often a job is tried for the endpoints of browsers. They are given by users, so their failures are no dead letters. */
export const browserTries = 6;

/** The first delay in seconds. It doubles each time that the job is received. */
const firstDelay = 10;
/** The longest delay in seconds. SQS can hide a message for 12 hours at most ("Amazon SQS visibility timeout"). */
const longestDelay = 3_600;

/**
 * The seconds until a failed push job is received again, at most 3 600. The delay is random, and not shorter than the push
 * service asks for. `receiveCount` says how often the job was received.
 */
export function retryDelay(random: Runtime['random'], receiveCount: number, retryAfterMs: number): number {
  const backoff = firstDelay * 2 ** (receiveCount - 1) * (0.5 + random() / 2);
  return Math.ceil(Math.min(longestDelay, Math.max(backoff, retryAfterMs / 1000)));
}
