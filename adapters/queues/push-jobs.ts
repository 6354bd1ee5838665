import * as z from 'zod/mini';
import type * as ports from '#core/push/ports.ts';

/** A message of the queue PushJobs: a user whom the function `push` notifies of the message at `seq`, if they are still away. */
export const PushJob: z.ZodMiniType<ports.PushJob> = z.object({
  userId: z.string(),
  conversationId: z.string(),
  seq: z.int(),
  correlationId: z.optional(z.string()),
});
