import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';

/** A frame that some connections could not be given; API Gateway may take it a little later. */
export const Undelivered = z.object({
  connections: z.array(z.object({ userId: z.string(), connectionId: z.string() })),
  frame: z.string(),
  /** Of the request that the frame comes from. */
  correlationId: z.optional(z.string()),
});

export type Undelivered = z.infer<typeof Undelivered>;

/** Connections of one queue message: few enough that a repetition for one that stays deaf is cheap. */
const connectionsAtOnce = 100;

export function createUndelivered(queueUrl: string) {
  const client = new SQSClient({});
  return async ({ connections, ...rest }: Undelivered): Promise<void> => {
    for (let i = 0; i < connections.length; i += connectionsAtOnce) {
      const body: Undelivered = { connections: connections.slice(i, i + connectionsAtOnce), ...rest };
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(body) }));
    }
  };
}
