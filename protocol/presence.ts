import * as z from 'zod/mini';
import { limits } from './limits.ts';
import * as value from './values.ts';

export const Presence = z.object({
  userId: value.id,
  online: z.boolean(),
  /** When the user was last online. Null while they are online, if it isn't known, and if their settings hide it. */
  lastSeenAt: z.nullable(value.time),
});

/**
 * Asks for the presence of some users, and subscribes this socket to its changes. It applies only to users who share a
 * conversation with the caller.
 */
export const AskPresence = z.strictObject({
  action: z.literal('presence'),
  id: value.frameId,
  userIds: z.array(value.id).check(z.minLength(1), z.maxLength(limits.presenceUserIds)),
});

/** The presence of the users who were asked for. Users who share no conversation with the caller are missing. */
export const Presences = z.object({ users: z.array(Presence) });

export type Presence = z.infer<typeof Presence>;
export type AskPresence = z.infer<typeof AskPresence>;
export type Presences = z.infer<typeof Presences>;
