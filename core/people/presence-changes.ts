import type { Presence } from '#protocol/presence.ts';
import { type PresenceState, presenceOf } from './presence.ts';

/** That subscribers of someone may have to be told something. */
export interface PresenceChange {
  readonly userId: string;
  /** They went, at this time in ms since 1970: to be told when `graceMs` are over, unless they were seen since. */
  readonly goneAt?: number | undefined;
}

/** What a change of someone's row means; `at` is the newest time in it. Nothing is left of who was erased. */
export function presenceChangesOf(
  before: PresenceState | undefined,
  after: PresenceState | undefined,
  at: number,
): PresenceChange[] {
  if (!before || !after) return [before, after].flatMap((state) => (state ? [{ userId: state.userId }] : []));
  const { userId, lastSeenAt } = after;
  const [was, is] = [presenceOf(before, at), presenceOf(after, at)];
  // The last two of their sockets may have gone in the same millisecond.
  const changed = lastSeenAt !== before.lastSeenAt || before.connections.length > 0;
  const went = after.connections.length === 0 && lastSeenAt !== undefined && changed;
  return [...(isSamePresence(was, is) ? [] : [{ userId }]), ...(went ? [{ userId, goneAt: lastSeenAt }] : [])];
}

/** Whether two presences say the same. */
export function isSamePresence(a: Presence, b: Presence): boolean {
  return a.online === b.online && a.lastSeenAt === b.lastSeenAt;
}
