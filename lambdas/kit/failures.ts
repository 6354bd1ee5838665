import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { AwsError } from '#adapters/aws/error.ts';
import { passingOf } from '#adapters/aws/retries.ts';
import { type Failure, fail } from '#protocol/failures.ts';
import { count } from './invocation.ts';
import { asError, logger } from './log.ts';

/** The names of errors of AWS services that may pass. The clients have already tried again before they throw them. */
const passingNames = new Set([
  'InternalServerError',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TimeoutError',
  'TransactionCanceledException',
  'TransactionConflictException',
  'TransactionInProgressException',
]);

/**
 * A middleware that answers a request whose handler threw. The client gets `unavailable` if the error may pass, else `internal`.
 * The error itself is only logged.
 */
export function answerErrors<Event, Response>(
  answer: (failure: Failure, event: Event) => Response,
): MiddlewareObj<Event, Response, Error, Context> {
  return {
    onError({ error, event }) {
      const known = asError(error);
      const passes = passingNames.has(known.name) || (known instanceof AwsError && passingOf(known) !== undefined);
      logger.error('The request failed', known);
      // Lambda doesn't count these errors, since they are answered, and an alarm that guards releases has to know them (decision 0128).
      if (!passes) count('InternalErrors');
      return answer(fail(passes ? 'unavailable' : 'internal').error, event);
    },
  };
}
