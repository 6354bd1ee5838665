import * as z from 'zod/mini';
import { fullJitter } from '#core/backoff.ts';
import { createQueue } from './queue.ts';

/** A message of the queue: a frame that the function `poster` posts to some connections. */
export const Delivery = z.object({
  connections: z.array(z.object({ userId: z.string(), connectionId: z.string() })),
  frame: z.string(),
  /** How many posts of the frame to these connections have failed. */
  tries: z.int(),
  /** The correlation id of the request that caused the frame. */
  correlationId: z.optional(z.string()),
  /** When the oldest message in the frame was accepted, in ms since 1970. It is absent if there is no message in it. */
  sentAt: z.optional(z.number()),
  /** Whether the posts come in turns, so that they are late by design. */
  paced: z.optional(z.boolean()),
});

export type Delivery = z.infer<typeof Delivery>;

/**
 * How many connections one message of the queue has, which is one poster's share of a large room. With a frame of 32 KB the
 * message is far below the size limit of SQS.
 */
export const connectionsAtOnce = 500;

/** The delays in seconds. SQS delays a message for 15 minutes at most. */
const backoff = { first: 5, longest: 900 };

/** The queue of the function `poster`. A delivery has `connectionsAtOnce` connections at most. One that has failed before is delayed. */
export function createDeliveries(queueUrl: string) {
  const queue = createQueue<Delivery>(queueUrl);
  return (delivery: Delivery): Promise<void> => {
    const { tries } = delivery;
    return queue.send(delivery, tries > 0 ? Math.ceil(fullJitter(Math.random, backoff, tries)) : 0);
  };
}

export type Deliveries = ReturnType<typeof createDeliveries>;
