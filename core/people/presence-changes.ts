import type { Presence } from '#protocol/presence.ts';
import { graceMs, neverSeen, type PresenceStore, presenceOf, type Sighting } from './presence.ts';

/** That watchers of someone may have to be told something. */
export interface News {
  readonly userId: string;
  /** They went, at this time in ms since 1970: to be told when `graceMs` are over, unless they were seen since. */
  readonly goneAt?: number | undefined;
}

/** What a change of someone's row means; `at` is the newest time in it. Nothing is left of who was erased. */
export function newsOf(before: Sighting | undefined, after: Sighting | undefined, at: number): News[] {
  if (!before || !after) return [before, after].flatMap((sighting) => (sighting ? [{ userId: sighting.userId }] : []));
  const { userId, lastSeenAt } = after;
  const [was, is] = [presenceOf(before, at), presenceOf(after, at)];
  // The last two of their sockets may have gone in the same millisecond.
  const changed = lastSeenAt !== before.lastSeenAt || before.connections.length > 0;
  const went = after.connections.length === 0 && lastSeenAt !== undefined && changed;
  return [...(isSame(was, is) ? [] : [{ userId }]), ...(went ? [{ userId, goneAt: lastSeenAt }] : [])];
}

export interface Watch {
  readonly watcherId: string;
  readonly connectionId: string;
}

export interface WatcherStore<Socket extends { readonly connectionId: string }> extends PresenceStore {
  watchesOf(userId: string, now: number): Promise<readonly Watch[]>;
  /** The live connections of some users, consistently. */
  socketsOf(userIds: readonly string[], now: number): Promise<readonly Socket[]>;
  /** Drops watches of sockets that are no more. */
  forget(userId: string, connectionIds: readonly string[]): Promise<void>;
  /** Throws when a socket could not be reached, so that the news comes again. */
  push(presence: Presence, sockets: readonly Socket[]): Promise<void>;
}

/** Watches worked on at once. */
const pageSize = 100;

/**
 * Tells those who watch someone what their presence is now: those who still share a conversation with them and aren't blocked.
 * It may run at the same time for the same person; each run looks again after it pushed, so the last word is the true one.
 */
export async function tellWatchers<Socket extends { readonly connectionId: string }>(
  store: WatcherStore<Socket>,
  { userId, goneAt }: News,
  clock: () => number,
): Promise<void> {
  const read = async () => (await store.sightings([userId], clock()))[0];
  if (goneAt !== undefined) {
    const sighting = await read();
    if (!sighting || sighting.connections.length > 0 || sighting.lastSeenAt !== goneAt) return;
    // Watchers were told when they hid, and are told nothing of what they do since.
    if (sighting.settings.invisible) return;
  }
  // By its own clock the grace could last a moment longer than it did for the queue.
  const now = () => Math.max(clock(), (goneAt ?? 0) + graceMs);
  const presence = async () => {
    const sighting = await read();
    return sighting ? presenceOf(sighting, now()) : neverSeen(userId);
  };
  const watches = await store.watchesOf(userId, clock());
  for (let i = 0; i < watches.length; i += pageSize)
    await pushTo(await listening(store, userId, watches.slice(i, i + pageSize), clock()));

  async function pushTo(sockets: readonly Socket[]): Promise<void> {
    if (sockets.length === 0) return;
    for (let told: Presence | undefined; ; ) {
      const is = await presence();
      if (told && isSame(told, is)) return;
      await store.push(is, sockets);
      told = is;
    }
  }
}

async function listening<Socket extends { readonly connectionId: string }>(
  store: WatcherStore<Socket>,
  userId: string,
  watches: readonly Watch[],
  now: number,
): Promise<Socket[]> {
  const watcherIds = [...new Set(watches.map(({ watcherId }) => watcherId))];
  const [sockets, shared, blocks] = await Promise.all([
    store.socketsOf(watcherIds, now),
    store.sharing(userId, watcherIds),
    store.blocked(watcherIds.map((watcherId) => ({ by: userId, userId: watcherId }))),
  ]);
  const open = new Set(sockets.map(({ connectionId }) => connectionId));
  const closed = watches.map(({ connectionId }) => connectionId).filter((connectionId) => !open.has(connectionId));
  if (closed.length > 0) await store.forget(userId, closed);
  const may = new Set(shared);
  for (const { userId: watcherId } of blocks) may.delete(watcherId);
  const told = new Set(watches.filter(({ watcherId }) => may.has(watcherId)).map(({ connectionId }) => connectionId));
  return sockets.filter(({ connectionId }) => told.has(connectionId));
}

function isSame(a: Presence, b: Presence): boolean {
  return a.online === b.online && a.lastSeenAt === b.lastSeenAt;
}
