import * as z from 'zod/mini';

/**
 * A message of the queue PacedChanges: changes of a room that is posted to at a pace. The room is the message's group, so that the
 * function `paced-fanout` gets what was written during one turn together for the next.
 */
export const PacedChanges = z.object({
  conversationId: z.string(),
  seqs: z.array(z.int()),
  correlationId: z.optional(z.string()),
});

export type PacedChanges = z.infer<typeof PacedChanges>;
