import { hash } from 'node:crypto';
import { once } from 'node:events';
import * as z from 'zod/mini';
import { glob } from '../../glob.ts';
import { eachOfBatch } from '../batch.ts';
import { ServiceError } from '../error.ts';
import { type Operations, operation } from '../json-api.ts';
import { messageAttributes, queueAttributes, queueName } from './queue.ts';
import { type Message, type QueueStore, queueOfHandle } from './store.ts';

const names = z._default(z.array(z.string()), []);
const send = z.object({
  MessageBody: z.string().check(z.minLength(1)),
  DelaySeconds: z.optional(z.number().check(z.minimum(0), z.maximum(900))),
  MessageAttributes: z._default(messageAttributes, {}),
  MessageGroupId: z.optional(z.string()),
  MessageDeduplicationId: z.optional(z.string()),
});
const handle = z.object({ ReceiptHandle: z.string() });
const hide = z.extend(handle, { VisibilityTimeout: z.number().check(z.minimum(0), z.maximum(43_200)) });

const QueueUrl = z.pipe(z.string(), z.transform(queueName));
const create = z.object({ QueueName: z.string(), Attributes: z._default(queueAttributes, queueAttributes.parse({})) });
const ofQueue = z.object({ QueueUrl });
const receive = z.object({
  QueueUrl,
  MaxNumberOfMessages: z._default(z.number().check(z.minimum(1), z.maximum(10)), 1),
  VisibilityTimeout: z.optional(z.number()),
  WaitTimeSeconds: z.optional(z.number().check(z.minimum(0), z.maximum(20))),
  AttributeNames: names,
  MessageSystemAttributeNames: names,
  MessageAttributeNames: names,
});

/** Returns the operations of SQS on a store. `urlOf` returns a queue's URL, and `account` is reported as the sender of messages. */
export function queueOperations(store: QueueStore, account: string, urlOf: (queue: string) => string): Operations {
  function sendOne(queue: string, entry: z.infer<typeof send>) {
    const { MessageBody: body, MessageAttributes: attributes, DelaySeconds: delaySeconds } = entry;
    const { FifoQueue, ContentBasedDeduplication, MaximumMessageSize } = store.attributes(queue);
    const { MessageGroupId: groupId, MessageDeduplicationId: given } = entry;
    const deduplicationId = given ?? (ContentBasedDeduplication ? hash('sha256', body) : undefined);
    if (FifoQueue && groupId === undefined) throw new ServiceError('MissingParameter', 'MessageGroupId is missing.');
    if (FifoQueue && deduplicationId === undefined)
      throw new ServiceError('InvalidParameterValue', 'The queue needs a MessageDeduplicationId.');
    // "SendMessage" in the SQS API reference: only the queue itself can have a delay.
    if (FifoQueue && delaySeconds !== undefined)
      throw new ServiceError('InvalidParameterValue', `DelaySeconds ${delaySeconds} is invalid in a FIFO queue.`);
    if (Buffer.byteLength(body) > MaximumMessageSize)
      throw new ServiceError('InvalidParameterValue', `The message is longer than ${MaximumMessageSize} bytes.`);
    const message = { body, attributes, delaySeconds, groupId, deduplicationId };
    const { messageId, sequence } = store.send(queue, message, Date.now());
    const shared = { MessageId: messageId, MD5OfMessageBody: hash('md5', body) };
    return FifoQueue ? { ...shared, SequenceNumber: sequenceNumber(sequence) } : shared;
  }

  function hideOne(queue: string, { ReceiptHandle, VisibilityTimeout }: z.infer<typeof hide>) {
    assertHandle(queue, ReceiptHandle);
    const now = Date.now();
    if (!store.changeVisibility(queue, ReceiptHandle, now + 1000 * VisibilityTimeout, now))
      throw new ServiceError('MessageNotInflight', "The message isn't in flight.");
    return {};
  }

  function deleteOne(queue: string, { ReceiptHandle }: z.infer<typeof handle>) {
    assertHandle(queue, ReceiptHandle);
    store.delete(queue, ReceiptHandle);
    return {};
  }

  /** Waits until a message of a queue may have become visible, at most until `time`. */
  async function change(queue: string, time: number, gone: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([gone, AbortSignal.timeout(Math.max(1, time - Date.now()))]);
    await once(store.changes, queue, { signal }).catch(() => {});
  }

  return {
    CreateQueue: operation(create, ({ QueueName, Attributes }) => {
      store.setQueue(QueueName, Attributes);
      return { QueueUrl: urlOf(QueueName) };
    }),

    GetQueueUrl: operation(z.object({ QueueName: z.string() }), ({ QueueName }) => {
      store.attributes(QueueName);
      return { QueueUrl: urlOf(QueueName) };
    }),

    // "ListQueues" in the SQS API reference.
    ListQueues: operation(z.object({ QueueNamePrefix: z._default(z.string(), '') }), ({ QueueNamePrefix }) => {
      const found = store.levels(Date.now()).filter(({ queue }) => queue.startsWith(QueueNamePrefix));
      return { QueueUrls: found.map(({ queue }) => urlOf(queue)) };
    }),

    // "StartMessageMoveTask" in the SQS API reference, at once and as a whole.
    StartMessageMoveTask: operation(z.strictObject({ SourceArn: QueueUrl }), ({ SourceArn: queue }) => {
      store.attributes(queue);
      if (!store.isDeadLetterQueue(queue))
        throw new ServiceError('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
      store.moveBack(queue, Date.now());
      return { TaskHandle: Buffer.from(store.arn(queue)).toString('base64') };
    }),

    GetQueueAttributes: operation(ofQueue, ({ QueueUrl: queue }) => {
      const { RedrivePolicy, ...attributes } = store.attributes(queue);
      const level = store.levels(Date.now()).find((each) => each.queue === queue);
      const [visible, notVisible] = [level?.visible, level?.notVisible];
      const counts = { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: notVisible };
      const all = { ...attributes, QueueArn: store.arn(queue), ...counts };
      const texts = Object.entries(all).map(([name, value]) => [name, String(value)]);
      return { Attributes: { ...Object.fromEntries(texts), RedrivePolicy: JSON.stringify(RedrivePolicy) } };
    }),

    PurgeQueue: operation(ofQueue, ({ QueueUrl }) => store.purge(QueueUrl)),

    ...singlyAndBatched('SendMessage', send, sendOne),
    ...singlyAndBatched('DeleteMessage', handle, deleteOne),
    ...singlyAndBatched('ChangeMessageVisibility', hide, hideOne),

    ReceiveMessage: operation(receive, async (wanted, gone) => {
      const queue = wanted.QueueUrl;
      const { ReceiveMessageWaitTimeSeconds, VisibilityTimeout, FifoQueue } = store.attributes(queue);
      const visibilityMs = 1000 * (wanted.VisibilityTimeout ?? VisibilityTimeout);
      const deadline = Date.now() + 1000 * (wanted.WaitTimeSeconds ?? ReceiveMessageWaitTimeSeconds);
      const system = [...wanted.AttributeNames, ...wanted.MessageSystemAttributeNames];
      for (;;) {
        const now = Date.now();
        const messages = gone.aborted ? [] : store.receive(queue, wanted.MaxNumberOfMessages, visibilityMs, now);
        if (messages.length > 0 || now >= deadline || gone.aborted) {
          const custom = wanted.MessageAttributeNames;
          return { Messages: messages.map((each) => received(each, FifoQueue, account, system, custom)) };
        }
        await change(queue, Math.min(deadline, store.nextVisibleAt(queue, now) ?? deadline), gone);
      }
    }),
  };
}

type Act<Of> = (queue: string, of: Of) => object;

/** Returns an operation for one message, and the one for a batch of them. */
function singlyAndBatched<T extends z.ZodMiniType>(name: string, one: T, act: Act<z.output<T>>) {
  const batch = z.object({ QueueUrl, Entries: z.array(z.looseObject({ Id: z.string() })) });
  return {
    [name]: (input: unknown) => act(ofQueue.parse(input).QueueUrl, one.parse(input)),
    [`${name}Batch`]: operation(batch, ({ QueueUrl, Entries }) => {
      const entries = Entries.map((entry) => ({ Id: entry.Id, of: one.parse(entry) }));
      return eachOfBatch(entries, ({ of }) => act(QueueUrl, of));
    }),
  };
}

/** Throws unless a receipt handle is one of this queue ("DeleteMessage" in the SQS API reference). An outdated one is no error. */
function assertHandle(queue: string, handle: string): void {
  const owner = queueOfHandle(handle);
  if (owner === queue) return;
  const why = owner === undefined ? 'is not a valid receipt handle' : "isn't valid for this queue";
  throw new ServiceError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" ${why}.`);
}

type Names = readonly string[];

/** Returns a message in the form of ReceiveMessage, with the requested system and message attributes. */
function received(message: Message, isFifo: boolean, account: string, system: Names, custom: Names) {
  const attributes = Object.entries({
    SenderId: account,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    DeadLetterQueueSourceArn: message.sourceArn,
    MessageDeduplicationId: message.deduplicationId,
    MessageGroupId: message.groupId,
    SequenceNumber: isFifo ? sequenceNumber(message.sequence) : undefined,
  });
  const isWanted = (name: string) =>
    custom.some((pattern) => pattern === 'All' || glob(pattern.replace(/\.\*$/, '*'))(name));
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: hash('md5', message.body),
    Attributes: Object.fromEntries(attributes.filter(([name]) => system.includes('All') || system.includes(name))),
    MessageAttributes: Object.fromEntries(Object.entries(message.attributes).filter(([name]) => isWanted(name))),
  };
}

function sequenceNumber(sequence: number): string {
  return String(sequence).padStart(20, '0');
}
