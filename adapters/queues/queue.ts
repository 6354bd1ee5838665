import { createJsonClient } from '#adapters/aws/json-client.ts';
import { chunk } from '#core/chunk.ts';

/** The most messages that SQS takes in one batch ("SendMessageBatch"). */
const batchSize = 10;

/** The part of the answer to "SendMessageBatch" that is used here. */
interface Sent {
  readonly Failed?: readonly unknown[];
}

/**
 * The SQS queue at a URL, for messages of one type, which are sent as JSON. What SQS refuses is thrown. With `groupOf`, messages of
 * a group that keeps the consumers busy come after those of others ("Amazon SQS fair queues"). In a FIFO queue all messages need a
 * group, and have no delay; what such a group has is received in order. A message whose acknowledgement got lost is sent twice.
 */
export function createQueue<Message>(
  QueueUrl: string,
  groupOf: (message: Message) => string | undefined = () => undefined,
) {
  const call = createJsonClient('sqs');
  const content = (message: Message) => ({ MessageBody: JSON.stringify(message), MessageGroupId: groupOf(message) });
  // A FIFO queue refuses the parameter even if it is 0 ("SendMessage" in the SQS API reference).
  const delay = (seconds: number) => (seconds > 0 ? { DelaySeconds: seconds } : {});
  return {
    /** Nobody receives the message before `delaySeconds` have passed, 900 at most. */
    async send(message: Message, delaySeconds = 0): Promise<void> {
      await call('SendMessage', { QueueUrl, ...content(message), ...delay(delaySeconds) });
    },

    /** Sends any number of messages, in as few calls as SQS allows. Nobody receives them before `delaySeconds` have passed, 900 at most. */
    async sendAll(messages: readonly Message[], delaySeconds = 0): Promise<void> {
      await Promise.all(
        chunk(messages, batchSize).map(async (batch) => {
          const Entries = batch.map((message, i) => ({
            Id: String(i),
            ...content(message),
            ...delay(delaySeconds),
          }));
          const { Failed = [] }: Sent = await call('SendMessageBatch', { QueueUrl, Entries });
          if (Failed.length > 0) throw new Error(`SQS refused ${Failed.length} of ${batch.length} messages`);
        }),
      );
    },

    /** Hides a message that was received for so many seconds from now, 12 hours at most. */
    async postpone(ReceiptHandle: string, seconds: number): Promise<void> {
      await call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: seconds });
    },
  };
}
