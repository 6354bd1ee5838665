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

/** What the client is told of an unexpected error; the log has the rest. */
export function failureOf(error: unknown): Failure {
  const known = asError(error);
  logger.error('The request failed', known);
  return fail(passing.has(known.name) ? 'unavailable' : 'internal').error;
}
