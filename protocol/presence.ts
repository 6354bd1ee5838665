import * as z from 'zod/mini';
import { limits } from './limits.ts';
import * as value from './values.ts';

export const Presence = z.object({
  userId: value.id,
  online: z.boolean(),
  /** When they were last online; null while they are, when it isn't known, and when they don't want it known. */
  lastSeenAt: z.nullable(value.time),
});

/** Asks for some people's presence, and to be told of changes on this socket: of those with whom the asker shares a conversation. */
export const AskPresence = z.strictObject({
  action: z.literal('presence'),
  id: value.frameId,
  userIds: z.array(value.id).check(z.minLength(1), z.maxLength(limits.presenceUserIds)),
});

/** Others than those who share a conversation with the asker are left out. */
export const Presences = z.object({ users: z.array(Presence) });

export type Presence = z.infer<typeof Presence>;
export type AskPresence = z.infer<typeof AskPresence>;
export type Presences = z.infer<typeof Presences>;
