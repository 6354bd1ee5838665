import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { type Failure, fail } from '#protocol/failures.ts';
import { asError, logger } from './log.ts';

/** Faults of the services below us that pass; the SDK has tried again already when we see them. */
const passing = new Set([
  'InternalServerError',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TimeoutError',
  'TransactionCanceledException',
  'TransactionConflictException',
  'TransactionInProgressException',
]);

/** A middleware that answers requests whose handler threw: the client is told that much, and the log has the rest. */
export function answerErrors<Event, Response>(
  answer: (failure: Failure, event: Event) => Response,
): MiddlewareObj<Event, Response, Error, Context> {
  return {
    onError({ error, event }) {
      const known = asError(error);
      logger.error('The request failed', known);
      return answer(fail(passing.has(known.name) ? 'unavailable' : 'internal').error, event);
    },
  };
}
