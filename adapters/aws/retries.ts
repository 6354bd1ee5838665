import { channel } from 'node:diagnostics_channel';
import type { Backoff } from '#core/backoff.ts';
import type { AwsError } from './error.ts';

/** Why a call may succeed if it is repeated. */
export type Passing = 'throttled' | 'transient';

/**
 * Something is published here whenever a call is repeated, in the context of who made it. That is how a function counts its
 * retries (`lambdas/kit/invocation.ts`), whichever of its parts calls what.
 */
export const retries = channel('storm:retries');

/** The waits before retries, in ms: those of the SDK's clients for DynamoDB and for throttled calls of any service. */
export const waits: Readonly<Record<Passing, Backoff>> = {
  transient: { first: 25, longest: 20_000 },
  throttled: { first: 1_000, longest: 20_000 },
};

/** The numbers of the SDK's retry mode "standard" (`StandardRetryStrategy` of `@smithy/core` 3, with its values of 2026). */
const most = 500;
const costs: Readonly<Record<Passing, number>> = { transient: 14, throttled: 5 };

/**
 * The retries that a client may make: each takes tokens of a bucket, and calls that succeed give some back. So when a service fails
 * for long, its callers don't multiply the load by the number of their tries.
 */
export function createRetryQuota() {
  let tokens = most;
  return {
    /** Takes the tokens of a retry, and returns how many, or undefined if there aren't enough. */
    take(passing: Passing): number | undefined {
      const cost = costs[passing];
      if (tokens < cost) return undefined;
      tokens -= cost;
      return cost;
    },

    /** A call has succeeded, after a last retry that took so many tokens, or at once. */
    giveBack(taken = 1): void {
      tokens = Math.min(most, tokens + taken);
    },
  };
}

/** Error types of a service that asks for fewer calls, and of one that had to give up ("Error handling" of the services' guides). */
const throttling = new Set([
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);
const timeOuts = new Set(['RequestTimeout', 'RequestTimeoutException', 'TimeoutError']);

/** Whether and why an error may pass, by its HTTP status and type, as the SDK decides it. */
export function passingOf({ status, name }: AwsError): Passing | undefined {
  if (status === 429 || throttling.has(name)) return 'throttled';
  if ([0, 500, 502, 503, 504].includes(status) || timeOuts.has(name)) return 'transient';
  return undefined;
}
