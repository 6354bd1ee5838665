import type { Presence } from '#protocol/presence.ts';
import { type PresenceState, presenceOf } from './presence.ts';

/** A user whose presence may have changed. */
export interface PresenceChange {
  readonly userId: string;
  /**
   * When the last of their sockets closed, in ms since 1970. Then subscribers are told after `graceMs`, unless the user is back
   * by then.
   */
  readonly goneAt?: number | undefined;
}

/**
 * The changes of presence that follow from a write to a user's row. `at` is the newest time in the row, in ms since 1970. `after`
 * is undefined if the account is erased.
 */
export function presenceChangesOf(
  before: PresenceState | undefined,
  after: PresenceState | undefined,
  at: number,
): PresenceChange[] {
  if (!before || !after) return [before, after].flatMap((state) => (state ? [{ userId: state.userId }] : []));
  const { userId, lastSeenAt } = after;
  const [was, is] = [presenceOf(before, at), presenceOf(after, at)];
  // Two sockets may have closed in the same millisecond, so `lastSeenAt` alone doesn't tell whether one has closed.
  const changed = lastSeenAt !== before.lastSeenAt || before.connections.length > 0;
  // Nobody is told that someone has gone who is invisible.
  const went = after.connections.length === 0 && lastSeenAt !== undefined && changed && !after.settings.invisible;
  return [...(isSamePresence(was, is) ? [] : [{ userId }]), ...(went ? [{ userId, goneAt: lastSeenAt }] : [])];
}

/** Whether two presences are the same. */
export function isSamePresence(a: Presence, b: Presence): boolean {
  return a.online === b.online && a.lastSeenAt === b.lastSeenAt;
}
