import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { graceMs } from '#core/people/presence.ts';

/** That someone's presence may have changed, for those who watch them (core/people/watchers.ts). */
export const News = z.object({ userId: z.string(), goneAt: z.optional(z.number()) });

export type News = z.infer<typeof News>;

/** The queue of the function that tells watchers. That someone went waits there until the grace is over. */
export function createNews(queueUrl: string) {
  const client = new SQSClient({});
  return async (news: News): Promise<void> => {
    const DelaySeconds = news.goneAt === undefined ? 0 : graceMs / 1000;
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(news), DelaySeconds }));
  };
}
