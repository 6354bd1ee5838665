import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { graceMs } from '#core/people/presence.ts';

/** That someone's presence may have changed, for those who subscribed to it (core/people/presence-changes.ts). */
export const PresenceChange = z.object({ userId: z.string(), goneAt: z.optional(z.number()) });

export type PresenceChange = z.infer<typeof PresenceChange>;

/** The queue of the function that tells subscribers. That someone went waits there until the grace is over. */
export function createPresenceChanges(queueUrl: string) {
  const client = new SQSClient({});
  return async (change: PresenceChange): Promise<void> => {
    const DelaySeconds = change.goneAt === undefined ? 0 : graceMs / 1000;
    await client.send(
      new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(change), DelaySeconds }),
    );
  };
}
