import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod/mini';
import { asError, correlated, logger } from './log.ts';

/** What became of a message. One that is to be tried again is received again when its visibility timeout is over. */
export type Outcome = 'done' | 'retry';

/**
 * The handler of a work queue's batches. `run` gets the body of each message as the schema has it, and may get the same message more
 * than once. All messages of a batch run at the same time: how many there are at most is the batch size in `lib/capabilities/`.
 * A message that doesn't fit the schema, or for which `run` throws, is logged and tried again like one that comes to `retry`; the
 * others of its batch are done ("Implementing partial batch responses" of the Lambda guide).
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
