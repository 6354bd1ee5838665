import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod/mini';
import { asError, correlated, logger } from './log.ts';

/** The outcome of a message. After `retry` it is received again when its visibility timeout is over. */
export type Outcome = 'done' | 'retry';

/**
 * The handler of a work queue's batches. `run` gets the parsed body of each message, and may get the same message more than once.
 * All messages of a batch are handled at the same time; the batch size is set in `lib/capabilities/`. If a message doesn't match
 * the schema, or if `run` throws, the error is logged and the outcome is `retry`. It doesn't affect the other messages of the
 * batch ("Implementing partial batch responses" of the Lambda guide).
 */
export function queueHandler<Message>(
  schema: z.ZodMiniType<Message>,
  run: (message: Message, record: SQSRecord, context: Context) => Promise<Outcome>,
) {
  async function outcomeOf(record: SQSRecord, context: Context): Promise<Outcome> {
    try {
      return await run(schema.parse(JSON.parse(record.body)), record, context);
    } catch (error) {
      logger.error('A message of the queue failed', { messageId: record.messageId, error: asError(error) });
      return 'retry';
    }
  }

  return middy<SQSEvent, SQSBatchResponse>()
    .use(correlated<SQSEvent>((event) => event.Records[0]?.messageId))
    .handler(async ({ Records }, context) => {
      const outcomes = await Promise.all(Records.map((record) => outcomeOf(record, context)));
      const failed = Records.filter((_, i) => outcomes[i] === 'retry');
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
}
