import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { createQueue } from './queue.ts';

/**
 * A message of the FIFO queue PacedChanges: it calls for a run that delivers the changes of a large conversation
 * (core/delivery/rounds.ts). The conversation is the message's group, so that it has one run at a time.
 */
export const PacedChanges = z.object({
  conversationId: z.string(),
  /** Changes that the run is called for. It looks for others by itself. */
  seqs: z.array(z.int()),
  correlationId: z.optional(z.string()),
  /** It makes each message another one, because a FIFO queue takes the same content only once in 5 minutes. */
  id: z.optional(z.string()),
});

export type PacedChanges = z.infer<typeof PacedChanges>;

/** Calls for runs. */
export function createPacedChanges(queueUrl: string, correlationId: () => string | undefined) {
  const queue = createQueue<PacedChanges>(queueUrl, ({ conversationId }) => conversationId);
  return {
    call: (conversationId: string, seqs: readonly number[]): Promise<void> =>
      queue.send({ conversationId, seqs: [...seqs], correlationId: correlationId(), id: randomUUID() }),
    postpone: queue.postpone,
  };
}
