import { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';

/** Structured logs. Never give it tokens, passwords or message text. */
export const logger = new Logger();

/** Follows one request through all functions that have a part in it; an environment works on one event at a time. */
let correlationId: string | undefined;

/** Marks every line from here on with the id that a request came with. */
export function correlate(id: string | undefined): void {
  correlationId = id;
  logger.appendKeys({ correlationId });
}

/** The id of the request under way, for what is handed on to another function. */
export function currentCorrelationId(): string | undefined {
  return correlationId;
}

/** Marks every line of an invocation. */
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

/** Whatever was thrown, as something that has a stack to log. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
