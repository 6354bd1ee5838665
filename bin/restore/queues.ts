import { PurgeQueueCommand, PurgeQueueInProgress, type SQSClient } from '@aws-sdk/client-sqs';

/**
 * Deletes what waits in queues: notifications, index jobs and frames that were about the former tables, whose numbers now belong to
 * other messages. Deleting takes up to a minute, and a second order within that minute is refused ("PurgeQueue").
 */
export async function purgeQueues(client: SQSClient, urls: readonly string[]): Promise<void> {
  for (const QueueUrl of urls)
    try {
      await client.send(new PurgeQueueCommand({ QueueUrl }));
    } catch (error) {
      if (!(error instanceof PurgeQueueInProgress)) throw error;
    }
}
