import * as z from 'zod/mini';
import type * as ports from '#core/push/ports.ts';

/** Someone whom the push function is to notify of a message, where they are still away. */
export const PushJob: z.ZodMiniType<ports.PushJob> = z.object({
  userId: z.string(),
  conversationId: z.string(),
  seq: z.int(),
});
