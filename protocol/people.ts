import * as z from 'zod/mini';
import * as value from './values.ts';

/** How a person wants to be seen. */
export const Settings = z.object({
  /** Nobody else is told how far they have read. */
  privateRead: z.boolean(),
  /** To others they are offline, were never seen, and don't type. */
  invisible: z.boolean(),
  /** Notifications say who wrote what; otherwise only that there is a message. */
  pushText: z.boolean(),
});

export const UpdateSettings = z.strictObject({
  privateRead: z.optional(z.boolean()),
  invisible: z.optional(z.boolean()),
  pushText: z.optional(z.boolean()),
});

/** Those whom the caller has blocked: they send them no direct messages and don't see their presence. */
export const Blocks = z.object({ userIds: z.array(value.id) });

export type Settings = z.infer<typeof Settings>;
export type UpdateSettings = z.infer<typeof UpdateSettings>;
export type Blocks = z.infer<typeof Blocks>;
