/** The first wait in seconds; it doubles with every attempt. */
const firstDelay = 10;
/** SQS keeps a message hidden for 12 hours at most ("Amazon SQS visibility timeout"); a push service never asks for that long. */
const longestDelay = 3_600;

/** Seconds until a push that failed for the `attempt`-th time is tried again: with jitter, not before the push service wants it. */
export function retryDelay(attempt: number, retryAfterMs: number, random: () => number = Math.random): number {
  const backoff = firstDelay * 2 ** (attempt - 1) * (0.5 + random() / 2);
  return Math.ceil(Math.min(longestDelay, Math.max(backoff, retryAfterMs / 1000)));
}
