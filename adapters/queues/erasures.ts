import * as z from 'zod/mini';

/** An account that the erase function is to erase, or to go on erasing. */
export const Erasure = z.object({
  userId: z.string(),
  /** The conversation in which the time ran out, and up to where it was seen to. */
  stopped: z.optional(z.object({ conversationId: z.string(), seenTo: z.number() })),
  /** The last look, after the last access token has ended. */
  last: z.optional(z.literal(true)),
});

export type Erasure = z.infer<typeof Erasure>;
