import { chunk } from '#core/chunk.ts';
import type { Presence } from '#protocol/presence.ts';
import { graceMs, neverSeen, type PresenceState, type PresenceStore, presenceOf } from './presence.ts';

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
  return [...(isSame(was, is) ? [] : [{ userId }]), ...(went ? [{ userId, goneAt: lastSeenAt }] : [])];
}

export interface PresenceSubscription {
  readonly subscriberId: string;
  readonly connectionId: string;
}

export interface PresenceFanoutStore<Socket extends { readonly connectionId: string }> extends PresenceStore {
  subscriptionsTo(userId: string, now: number): Promise<readonly PresenceSubscription[]>;
  /** The live connections of some users, consistently. */
  socketsOf(userIds: readonly string[], now: number): Promise<readonly Socket[]>;
  /** Drops subscriptions of sockets that are no more. */
  forget(userId: string, connectionIds: readonly string[]): Promise<void>;
  /** Throws when a socket could not be reached, so that the change comes again. */
  push(presence: Presence, sockets: readonly Socket[]): Promise<void>;
}

/** Subscriptions worked on at once. */
const pageSize = 100;

/**
 * Tells those who watch someone what their presence is now: those who still share a conversation with them and aren't blocked.
 * It may run at the same time for the same person; each run looks again after it pushed, so the last word is the true one.
 */
export async function tellPresenceSubscribers<Socket extends { readonly connectionId: string }>(
  store: PresenceFanoutStore<Socket>,
  { userId, goneAt }: PresenceChange,
  clock: () => number,
): Promise<void> {
  const read = async () => (await store.presenceStates([userId], clock()))[0];
  if (goneAt !== undefined) {
    const state = await read();
    if (!state || state.connections.length > 0 || state.lastSeenAt !== goneAt) return;
    // Subscribers were told when they hid, and are told nothing of what they do since.
    if (state.settings.invisible) return;
  }
  // By its own clock the grace could last a moment longer than it did for the queue.
  const now = () => Math.max(clock(), (goneAt ?? 0) + graceMs);
  const presence = async () => {
    const state = await read();
    return state ? presenceOf(state, now()) : neverSeen(userId);
  };
  const subscriptions = await store.subscriptionsTo(userId, clock());
  for (const page of chunk(subscriptions, pageSize)) await pushTo(await listening(store, userId, page, clock()));

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
  store: PresenceFanoutStore<Socket>,
  userId: string,
  subscriptions: readonly PresenceSubscription[],
  now: number,
): Promise<Socket[]> {
  const subscriberIds = [...new Set(subscriptions.map(({ subscriberId }) => subscriberId))];
  const [sockets, shared, blocks] = await Promise.all([
    store.socketsOf(subscriberIds, now),
    store.sharing(userId, subscriberIds),
    store.blocked(subscriberIds.map((subscriberId) => ({ by: userId, userId: subscriberId }))),
  ]);
  const open = new Set(sockets.map(({ connectionId }) => connectionId));
  const closed = subscriptions
    .map(({ connectionId }) => connectionId)
    .filter((connectionId) => !open.has(connectionId));
  if (closed.length > 0) await store.forget(userId, closed);
  const may = new Set(shared);
  for (const { userId: subscriberId } of blocks) may.delete(subscriberId);
  const told = new Set(
    subscriptions.filter(({ subscriberId }) => may.has(subscriberId)).map(({ connectionId }) => connectionId),
  );
  return sockets.filter(({ connectionId }) => told.has(connectionId));
}

function isSame(a: Presence, b: Presence): boolean {
  return a.online === b.online && a.lastSeenAt === b.lastSeenAt;
}
