import { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { requestIds, setRequestIds } from './correlation.ts';

/** The logger of a function, which writes JSON. Tokens, passwords and message text must never be logged. */
export const logger = new Logger();

/**
 * Sets the correlation id, which follows a request through all functions that take part in it, and which all following log lines
 * have.
 */
export function correlate(correlationId: string | undefined): void {
  setRequestIds({ ...requestIds(), correlationId });
  logger.appendKeys({ correlationId });
}

/** The correlation id of the current request, which is passed on to other functions. */
export function currentCorrelationId(): string | undefined {
  return requestIds().correlationId;
}

/** A middleware that adds the request id and the correlation id to all log lines of an invocation. */
export function correlated<Event>(
  idOf: (event: Event) => string | undefined,
): MiddlewareObj<Event, unknown, Error, Context> {
  return {
    before({ event, context }) {
      logger.resetKeys();
      const requestId = context.awsRequestId;
      logger.appendKeys({ requestId });
      setRequestIds({ requestId });
      correlate(idOf(event));
    },
  };
}

/** Converts a thrown value to an Error, which has a stack for the log. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
