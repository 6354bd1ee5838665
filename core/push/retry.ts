import type { Runtime } from '#core/runtime.ts';

/** The first wait in seconds; it doubles every time that the job is received. */
const firstDelay = 10;
/** SQS keeps a message hidden for 12 hours at most ("Amazon SQS visibility timeout"); a push service never asks for that long. */
const longestDelay = 3_600;

/** Seconds until a push job that was received so often and failed comes again: with jitter, not before the push service wants it. */
export function retryDelay(random: Runtime['random'], receiveCount: number, retryAfterMs: number): number {
  const backoff = firstDelay * 2 ** (receiveCount - 1) * (0.5 + random() / 2);
  return Math.ceil(Math.min(longestDelay, Math.max(backoff, retryAfterMs / 1000)));
}
