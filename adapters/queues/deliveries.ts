import * as z from 'zod/mini';
import { fullJitter } from '#core/backoff.ts';
import { chunk } from '#core/chunk.ts';
import { createQueue } from './queue.ts';

/** A frame that the poster function is to give to some connections. */
export const Delivery = z.object({
  connections: z.array(z.object({ userId: z.string(), connectionId: z.string() })),
  frame: z.string(),
  /** How often these connections have been tried. */
  tries: z.int(),
  /** Of the request that the frame comes from. */
  correlationId: z.optional(z.string()),
});

export type Delivery = z.infer<typeof Delivery>;

/** Connections of one queue message: a poster's share of a large room, and well below SQS's 256 KB with a frame of 32 KB. */
export const connectionsAtOnce = 500;

/** Seconds; SQS delays a message for 15 minutes at most. */
const backoff = { first: 5, longest: 900 };

/** The queue of the poster function. What has been tried before waits in it. */
export function createDeliveries(queueUrl: string) {
  const queue = createQueue<Delivery>(queueUrl);
  return async ({ connections, ...rest }: Delivery): Promise<void> => {
    const delaySeconds = rest.tries > 0 ? Math.ceil(fullJitter(Math.random, backoff, rest.tries)) : 0;
    const parts = chunk(connections, connectionsAtOnce);
    await Promise.all(parts.map((part) => queue.send({ connections: part, ...rest }, delaySeconds)));
  };
}

export type Deliveries = ReturnType<typeof createDeliveries>;
