import * as z from 'zod/mini';
import { graceMs } from '#core/people/presence.ts';
import { createQueue } from './queue.ts';

/**
 * A message of the queue PresenceChanges: a user's presence may have changed (core/people/presence-changes.ts), or with `profile` their
 * profile has.
 */
export const PresenceChange = z.object({
  userId: z.string(),
  goneAt: z.optional(z.number()),
  profile: z.optional(z.literal(true)),
});

export type PresenceChange = z.infer<typeof PresenceChange>;

/** The queue of the function `presence-fanout`. If the user has gone offline, the message is delayed by the grace period. */
export function createPresenceChanges(queueUrl: string) {
  const queue = createQueue<PresenceChange>(queueUrl);
  return (change: PresenceChange) => queue.send(change, change.goneAt === undefined ? 0 : graceMs / 1000);
}
