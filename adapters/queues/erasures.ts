import * as z from 'zod/mini';

/** A message of the queue Erasures: an account that the function `erase` has to erase, or has begun to erase. */
export const Erasure = z.object({
  userId: z.string(),
  /** The conversation in which the function ran out of time, and the `seq` up to which it has handled the changes. */
  stopped: z.optional(z.object({ conversationId: z.string(), seenTo: z.number() })),
  /** Whether this is the final run, after the account's last access token has expired. */
  last: z.optional(z.literal(true)),
});

export type Erasure = z.infer<typeof Erasure>;
