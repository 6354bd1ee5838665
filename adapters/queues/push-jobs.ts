import { ChangeMessageVisibilityCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import type { PushJob } from '#core/push/ports.ts';

export const Job: z.ZodMiniType<PushJob> = z.object({
  userId: z.string(),
  conversationId: z.string(),
  seq: z.int(),
});

/** SQS's limit of one batch. */
const batchSize = 10;

/** The queue of the push function. */
export function createPushes(QueueUrl: string) {
  const client = new SQSClient({});
  return {
    async add(jobs: readonly PushJob[]): Promise<void> {
      const batches = Array.from({ length: Math.ceil(jobs.length / batchSize) }, (_, i) =>
        jobs.slice(i * batchSize, (i + 1) * batchSize),
      );
      await Promise.all(
        batches.map(async (batch) => {
          const Entries = batch.map((job, i) => ({ Id: String(i), MessageBody: JSON.stringify(job) }));
          const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
          if (Failed.length > 0) throw new Error(`SQS refused ${Failed.length} push jobs`);
        }),
      );
    },

    /** Lets a job that was received and not done come again after some seconds. */
    async postpone(ReceiptHandle: string, seconds: number): Promise<void> {
      await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: seconds }));
    },
  };
}
