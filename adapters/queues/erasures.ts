import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';

/** An account to erase, or to go on erasing. */
export const Erasure = z.object({
  userId: z.string(),
  /** The conversation in which the time ran out, and up to where it was seen to. */
  stopped: z.optional(z.object({ conversationId: z.string(), seenTo: z.number() })),
  /** The last look, after the last access token has ended. */
  last: z.optional(z.literal(true)),
});

export type Erasure = z.infer<typeof Erasure>;

export function createErasures(queueUrl: string) {
  const client = new SQSClient({});
  return async (erasure: Erasure, delaySeconds: number): Promise<void> => {
    const MessageBody = JSON.stringify(erasure);
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody, DelaySeconds: delaySeconds }));
  };
}
