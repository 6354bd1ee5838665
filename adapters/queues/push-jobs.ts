import * as z from 'zod/mini';
import type * as ports from '#core/push/ports.ts';

const conversationId = z.string();
const about = { conversationId, seq: z.int(), correlationId: z.optional(z.string()) };

/** A message of the queue PushJobs. */
export const PushJob: z.ZodMiniType<ports.PushJob> = z.union([
  z.object({ ...about, userIds: z.array(z.string()), second: z.optional(z.literal(true)) }),
  z.object({ ...about, userId: z.string(), looked: z.optional(z.literal(true)) }),
  z.object({ conversationId, userId: z.string(), takeBack: z.literal(true) }),
]);
