import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';

/** A frame that the poster function is to give to some connections. */
export const Delivery = z.object({
  connections: z.array(z.object({ userId: z.string(), connectionId: z.string() })),
  frame: z.string(),
  /** How often these connections have been tried. */
  attempts: z.int(),
  /** Of the request that the frame comes from. */
  correlationId: z.optional(z.string()),
});

export type Delivery = z.infer<typeof Delivery>;

/** Connections of one queue message: a poster's share of a large room, and well below SQS's 256 KB with a frame of 32 KB. */
export const connectionsAtOnce = 500;

/** The longest first wait in seconds; it doubles with every attempt. */
const firstDelay = 5;

/** The queue of the poster function. What has been tried before waits, with full jitter. */
export function createDeliveries(queueUrl: string) {
  const client = new SQSClient({});
  return async ({ connections, ...rest }: Delivery): Promise<void> => {
    const DelaySeconds = rest.attempts > 0 ? Math.ceil(Math.random() * firstDelay * 2 ** (rest.attempts - 1)) : 0;
    const parts = Array.from({ length: Math.ceil(connections.length / connectionsAtOnce) }, (_, i) =>
      connections.slice(i * connectionsAtOnce, (i + 1) * connectionsAtOnce),
    );
    await Promise.all(
      parts.map((part) => {
        const body: Delivery = { connections: part, ...rest };
        return client.send(
          new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(body), DelaySeconds }),
        );
      }),
    );
  };
}

export type Deliveries = ReturnType<typeof createDeliveries>;
