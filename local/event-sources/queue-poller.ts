import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { every } from '../every.ts';
import { callService } from '../services/call.ts';
import { messageAttributes as attributesOfMessages, queueName } from '../services/sqs/queue.ts';
import { type Invocation, InvokeError, type World } from '../types.ts';
import { reportedFailures } from './failures.ts';
import type { Mapping } from './mapping.ts';

export interface QueueMapping extends Mapping {
  /** How many batches may run at once. */
  readonly concurrency: number;
}

const message = z.object({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  Body: z.string(),
  MD5OfBody: z.string(),
  Attributes: z._default(z.record(z.string(), z.string()), {}),
  MessageAttributes: z._default(attributesOfMessages, {}),
});
type Message = z.infer<typeof message>;
const messages = z.object({ Messages: z._default(z.array(message), []) });

const longPollSeconds = 20;
/** The most messages that one ReceiveMessage call returns. */
const maxReceived = 10;
const graceMs = 2_000;
/** How long it is waited before a throttled batch is tried again. Each time it is twice as long, up to the longest. */
const backoffMs = { first: 100, longest: 5_000 };
const queueAttributes = z.object({ Attributes: z.object({ VisibilityTimeout: z.coerce.number() }) });

/**
 * Invokes a function with the messages of a queue ("Using Lambda with Amazon SQS"). Messages that the function has handled are
 * deleted. The others become visible again after the queue's visibility timeout, and finally go to its dead-letter queue. A batch that is
 * throttled is tried again until then ("Handling errors for an SQS event source in Lambda").
 */
export function pollQueue(mapping: QueueMapping, world: World): void {
  const running = new Set<Promise<void>>();

  async function sqs(operation: string, input: object, signal?: AbortSignal): Promise<unknown> {
    const endpoint = await world.endpoint('SQS');
    const QueueUrl = `${endpoint}/${world.account}/${queueName(mapping.sourceArn)}`;
    return callService(world, `AmazonSQS.${operation}`, { QueueUrl, ...input }, signal);
  }

  /** Receives the next batch. It waits for a first message, and then until the batch is full or the batching window is over. */
  async function receive(signal: AbortSignal): Promise<Message[]> {
    const batch: Message[] = [];
    let until: number | undefined;
    while (batch.length < mapping.batchSize && !signal.aborted) {
      const waitMs = until === undefined ? 1000 * longPollSeconds : until - Date.now();
      if (waitMs < 0) break;
      const input = {
        MaxNumberOfMessages: Math.min(maxReceived, mapping.batchSize - batch.length),
        WaitTimeSeconds: Math.min(longPollSeconds, Math.floor(waitMs / 1000)),
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      };
      const { Messages } = messages.parse(await sqs('ReceiveMessage', input, signal));
      batch.push(...Messages);
      if (batch.length === 0) break;
      until ??= Date.now() + mapping.windowMs;
      if (mapping.windowMs === 0 && Messages.length < input.MaxNumberOfMessages) break;
    }
    return batch;
  }

  async function handle(batch: readonly Message[], signal: AbortSignal): Promise<void> {
    const wanted = batch.filter(({ Body }) => mapping.isWanted(Body));
    const failed = wanted.length > 0 ? await invoke(wanted, signal) : new Set();
    const done = batch.filter(({ MessageId }) => !failed.has(MessageId));
    for (let i = 0; i < done.length; i += maxReceived) {
      const Entries = done
        .slice(i, i + maxReceived)
        .map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }));
      await sqs('DeleteMessageBatch', { Entries });
    }
  }

  /** Invokes the function, and returns the ids of the messages that failed. */
  async function invoke(batch: readonly Message[], signal: AbortSignal): Promise<ReadonlySet<unknown>> {
    const all = new Set(batch.map(({ MessageId }) => MessageId));
    try {
      const event = { Records: batch.map((each) => eventRecord(each, mapping.sourceArn, world.region)) };
      const { functionError, payload } = await invokePatiently(event, signal);
      const failed = reportedFailures(mapping, payload);
      // An identifier that is not in the batch makes the whole batch fail.
      return !functionError && failed?.every((id) => all.has(id)) ? new Set(failed) : all;
    } catch (error) {
      world.log.debug(`${mapping.id}: ${error}`);
      return all;
    }
  }

  /** Tries a throttled batch again, until its messages are visible again or the stack stops. */
  async function invokePatiently(event: object, signal: AbortSignal): Promise<Invocation> {
    const receivedAt = Date.now();
    let visibilityMs: number | undefined;
    for (let waitMs = backoffMs.first; ; waitMs = Math.min(2 * waitMs, backoffMs.longest)) {
      try {
        return await world.functions.invoke(mapping.functionName, event);
      } catch (error) {
        if (!(error instanceof InvokeError && error.code === 'TooManyRequestsException')) throw error;
        const input = { AttributeNames: ['VisibilityTimeout'] };
        visibilityMs ??=
          1000 * queueAttributes.parse(await sqs('GetQueueAttributes', input, signal)).Attributes.VisibilityTimeout;
        if (Date.now() + waitMs > receivedAt + visibilityMs) throw error;
        await sleep(waitMs, undefined, { signal });
      }
    }
  }

  // Stop functions run in reverse order, so this one runs after the poller has stopped.
  world.whenStopping(async () => {
    await Promise.race([Promise.all(running), sleep(graceMs)]);
  });

  every(0, world, `Polling for ${mapping.id}`, async (signal) => {
    if (running.size >= mapping.concurrency) await Promise.race(running);
    const batch = await receive(signal);
    if (batch.length === 0) return;
    const run = handle(batch, signal)
      .catch((error) => world.log.warn(`${mapping.id}: messages could not be deleted and will come again: ${error}`))
      .finally(() => running.delete(run));
    running.add(run);
  });
}

function eventRecord(message: Message, eventSourceARN: string, awsRegion: string) {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes,
    messageAttributes: eventAttributes(message.MessageAttributes),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion,
  };
}

const noLists = { stringListValues: [], binaryListValues: [] };

function eventAttributes(attributes: Message['MessageAttributes']) {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { dataType: DataType, stringValue: StringValue, binaryValue: BinaryValue, ...noLists },
    ]),
  );
}
