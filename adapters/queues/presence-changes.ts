import * as z from 'zod/mini';
import { graceMs } from '#core/people/presence.ts';
import { createQueue } from './queue.ts';

/** That someone's presence may have changed, for those who subscribed to it (core/people/presence-changes.ts). */
export const PresenceChange = z.object({ userId: z.string(), goneAt: z.optional(z.number()) });

export type PresenceChange = z.infer<typeof PresenceChange>;

/** The queue of the presence-fanout function. That someone went waits in it until the grace is over. */
export function createPresenceChanges(queueUrl: string) {
  const queue = createQueue<PresenceChange>(queueUrl);
  return (change: PresenceChange) => queue.send(change, change.goneAt === undefined ? 0 : graceMs / 1000);
}
