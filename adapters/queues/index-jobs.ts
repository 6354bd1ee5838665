import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';

/** A segment of the search index that may have to be built. */
export const IndexJob = z.object({ conversationId: z.string(), segment: z.int() });

export type IndexJob = z.infer<typeof IndexJob>;

/** The queue of the index function. */
export function createIndexJobs(queueUrl: string) {
  const client = new SQSClient({});
  return async (job: IndexJob): Promise<void> => {
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(job) }));
  };
}
