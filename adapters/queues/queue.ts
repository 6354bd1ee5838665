import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { chunk } from '#core/chunk.ts';

/** The most messages that SQS takes in one batch ("SendMessageBatch"). */
const batchSize = 10;

/** The SQS queue at a URL, for messages of one type, which are sent as JSON. What SQS refuses is thrown. */
export function createQueue<Message>(QueueUrl: string) {
  const client = new SQSClient({});
  return {
    /** Nobody receives the message before `delaySeconds` have passed, 900 at most. */
    async send(message: Message, delaySeconds = 0): Promise<void> {
      const MessageBody = JSON.stringify(message);
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds: delaySeconds }));
    },

    /** Sends any number of messages, in as few calls as SQS allows. */
    async sendAll(messages: readonly Message[]): Promise<void> {
      await Promise.all(
        chunk(messages, batchSize).map(async (batch) => {
          const Entries = batch.map((message, i) => ({ Id: String(i), MessageBody: JSON.stringify(message) }));
          const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
          if (Failed.length > 0) throw new Error(`SQS refused ${Failed.length} of ${batch.length} messages`);
        }),
      );
    },

    /** Hides a message that was received for so many seconds from now, 12 hours at most. */
    async postpone(ReceiptHandle: string, seconds: number): Promise<void> {
      await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: seconds }));
    },
  };
}
