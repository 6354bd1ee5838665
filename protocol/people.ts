import * as z from 'zod/mini';
import * as value from './values.ts';

export const languages = ['en', 'fr'] as const;
export const themes = ['system', 'light', 'dark'] as const;

/** A language of mails and clients, as BCP 47 has it. */
export const Language = z.enum(languages);
export type Language = z.infer<typeof Language>;
export const Theme = z.enum(themes);

/**
 * Who may add the user to groups: everyone, only those with whom the user has a conversation to which they agreed, or nobody. Anybody
 * else invites them instead.
 */
export const WhoMayAdd = z.enum(['everyone', 'acquaintances', 'nobody']);

/** A user's settings: their privacy, and how clients and mails speak to them. */
export const Settings = z.object({
  /** Others don't learn how far the user has read. */
  privateRead: z.boolean(),
  /** Others see the user as offline with no last-seen time, and don't see them typing. */
  invisible: z.boolean(),
  /** Push notifications show the sender and the text. If false, they only say that there is a message. */
  pushText: z.boolean(),
  whoMayAdd: WhoMayAdd,
  /** The language of mails and of clients. Missing if it was never set: as the device has it, and English in mails. */
  language: z.optional(Language),
  /** The colours of clients. Missing if it was never set, which is the same as `system`. */
  theme: z.optional(Theme),
});

export const UpdateSettings = z.strictObject({
  privateRead: z.optional(z.boolean()),
  invisible: z.optional(z.boolean()),
  pushText: z.optional(z.boolean()),
  whoMayAdd: z.optional(WhoMayAdd),
  language: z.optional(Language),
  theme: z.optional(Theme),
});

/** The users whom the caller has blocked. Neither of the two learns what the other reads and types, or when they are online. */
export const Blocks = z.object({ userIds: z.array(value.id) });

export type WhoMayAdd = z.infer<typeof WhoMayAdd>;
export type Settings = z.infer<typeof Settings>;
export type UpdateSettings = z.infer<typeof UpdateSettings>;
export type Blocks = z.infer<typeof Blocks>;
