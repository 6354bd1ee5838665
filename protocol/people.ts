import * as z from 'zod/mini';
import * as value from './values.ts';

/** A user's privacy settings. */
export const Settings = z.object({
  /** Others don't learn how far the user has read. */
  privateRead: z.boolean(),
  /** Others see the user as offline with no last-seen time, and don't see them typing. */
  invisible: z.boolean(),
  /** Push notifications show the sender and the text. If false, they only say that there is a message. */
  pushText: z.boolean(),
});

export const UpdateSettings = z.strictObject({
  privateRead: z.optional(z.boolean()),
  invisible: z.optional(z.boolean()),
  pushText: z.optional(z.boolean()),
});

/** The users whom the caller has blocked. They can't send the caller direct messages, and don't see the caller's presence. */
export const Blocks = z.object({ userIds: z.array(value.id) });

export type Settings = z.infer<typeof Settings>;
export type UpdateSettings = z.infer<typeof UpdateSettings>;
export type Blocks = z.infer<typeof Blocks>;
