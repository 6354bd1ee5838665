import { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';

/** Structured logs. Never give it tokens, passwords or message text. */
export const logger = new Logger();

/** Marks every line of an invocation with the ids that follow one request through all functions. */
export function correlated<Event>(
  correlationId: (event: Event) => string | undefined,
): MiddlewareObj<Event, unknown, Error, Context> {
  return {
    before({ event, context }) {
      logger.resetKeys();
      logger.appendKeys({ requestId: context.awsRequestId, correlationId: correlationId(event) });
    },
  };
}
