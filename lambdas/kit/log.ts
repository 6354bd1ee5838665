import { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';

/** The logger of a function, which writes JSON. Tokens, passwords and message text must never be logged. */
export const logger = new Logger();

/** The id that follows a request through all functions that take part in it. An environment handles one event at a time. */
let correlationId: string | undefined;

/** Sets the correlation id, which all following log lines have. */
export function correlate(id: string | undefined): void {
  correlationId = id;
  logger.appendKeys({ correlationId });
}

/** The correlation id of the current request, which is passed on to other functions. */
export function currentCorrelationId(): string | undefined {
  return correlationId;
}

/** A middleware that adds the request id and the correlation id to all log lines of an invocation. */
export function correlated<Event>(
  idOf: (event: Event) => string | undefined,
): MiddlewareObj<Event, unknown, Error, Context> {
  return {
    before({ event, context }) {
      logger.resetKeys();
      logger.appendKeys({ requestId: context.awsRequestId });
      correlate(idOf(event));
    },
  };
}

/** Converts a thrown value to an Error, which has a stack for the log. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
