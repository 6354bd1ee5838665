import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { lineHead } from './invocation.ts';

class LineFormatter extends LogFormatter {
  formatAttributes({ logLevel, message }: UnformattedAttributes, more: LogAttributes): LogItem {
    return new LogItem({ attributes: lineHead(logLevel, message) }).addAttributes(more);
  }
}

/** The logger of a function, which writes JSON. Tokens, passwords and message text must never be logged. */
export const logger = new Logger({ logFormatter: new LineFormatter() });

/** Converts a thrown value to an Error, which has a stack for the log. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Tells of changes that a newer version has stored and this one can't show (decision 0071). It is the `onUnknown` of `createChanges`. */
export function logUnknownChanges(changes: number): void {
  logger.warn('Changes of a newer version were left out', { changes });
}
