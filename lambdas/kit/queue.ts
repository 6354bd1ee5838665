import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { correlated, count, invocation } from './invocation.ts';
import { asError, logger } from './log.ts';

/** The part of a message that all queues may have: the correlation id of what caused it. */
const Caused = z.object({ correlationId: z.optional(z.string()) });

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
    const { messageId, body } = record;
    return correlated(correlationIdIn(body) ?? messageId, () => tried(record, context));
  }

  async function tried(record: SQSRecord, context: Context): Promise<Outcome> {
    try {
      return await run(schema.parse(JSON.parse(record.body)), record, context);
    } catch (error) {
      logger.error('A message of the queue failed', { messageId: record.messageId, error: asError(error) });
      return 'retry';
    }
  }

  return invocation<SQSEvent, SQSBatchResponse>(() => undefined).handler(async ({ Records }, context) => {
    const outcomes = await Promise.all(Records.map((record) => outcomeOf(record, context)));
    const failed = Records.filter((_, i) => outcomes[i] === 'retry');
    count('Retries', failed.length);
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  });
}

/** The longest wait of messages that failed in a FIFO queue. The first one is 2 seconds, and each is twice the one before. */
const longestWaitSeconds = 60;

/**
 * For how long messages of a FIFO queue are hidden while they are handled, and how often that is renewed. So if their function dies, its
 * group waits that long, and not until the visibility timeout is over ("Amazon SQS visibility timeout").
 */
const hidden = { seconds: 10, renewalMs: 3_000 };

/**
 * The handler of a FIFO queue's batches. `run` gets all messages of a group that the batch has, parsed and in order, and may get the
 * same ones again. Of a group, Lambda has one batch of at most 10 messages handled at a time ("Amazon SQS FIFO queue and Lambda
 * concurrency behavior"). If `run` throws, or a message doesn't match the schema, the error is logged, and all of the group's messages
 * are received again. Because those that follow have to wait for them, that is after some seconds, set by `postpone`, and not after the
 * visibility timeout.
 */
export function groupedQueueHandler<Message>(
  schema: z.ZodMiniType<Message>,
  postpone: (receiptHandle: string, seconds: number) => Promise<void>,
  run: (messages: readonly [Message, ...Message[]]) => Promise<void>,
) {
  /** Keeps messages hidden until what it returns is called. */
  function hide(records: readonly SQSRecord[]): () => Promise<unknown> {
    const renew = () => Promise.allSettled(records.map(({ receiptHandle }) => postpone(receiptHandle, hidden.seconds)));
    let renewed = renew();
    const timer = setInterval(() => {
      renewed = renew();
    }, hidden.renewalMs);
    return () => {
      clearInterval(timer);
      return renewed;
    };
  }

  async function failedOf(records: readonly SQSRecord[]): Promise<readonly SQSRecord[]> {
    const ids = new Set(records.map(({ body, messageId }) => correlationIdIn(body) ?? messageId));
    return correlated([...ids].join(' '), async () => {
      const stopHiding = hide(records);
      try {
        const [first, ...others] = records.map(({ body }) => schema.parse(JSON.parse(body)));
        if (first !== undefined) await run([first, ...others]);
        return [];
      } catch (error) {
        logger.error('Messages of the queue failed', { messages: records.length, error: asError(error) });
        await stopHiding();
        await Promise.allSettled(
          records.map(({ receiptHandle, attributes }) => {
            const seconds = 2 ** Number(attributes.ApproximateReceiveCount);
            return postpone(receiptHandle, Math.min(seconds, longestWaitSeconds));
          }),
        );
        return records;
      } finally {
        await stopHiding();
      }
    });
  }

  return invocation<SQSEvent, SQSBatchResponse>(() => undefined).handler(async ({ Records }) => {
    const groups = Map.groupBy(Records, ({ attributes }) => attributes.MessageGroupId ?? '');
    const failed = (await Promise.all([...groups.values()].map(failedOf))).flat();
    count('Retries', failed.length);
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  });
}

function correlationIdIn(body: string): string | undefined {
  try {
    return Caused.parse(JSON.parse(body)).correlationId;
  } catch {
    return undefined;
  }
}
