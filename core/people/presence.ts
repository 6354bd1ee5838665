import { isoTime } from '#core/clock.ts';
import type { Runtime } from '#core/runtime.ts';
import { fail, type Result } from '#protocol/failures.ts';
import type { Settings } from '#protocol/people.ts';
import type { Presence, Presences } from '#protocol/presence.ts';

/** Who was there less than this ago counts as online, so that nobody is told of a reconnect. In ms. */
export const graceMs = 30_000;

/** What is known of someone's devices at some time. */
export interface PresenceState {
  readonly userId: string;
  readonly settings: Pick<Settings, 'invisible'>;
  /** In ms since 1970. */
  readonly lastSeenAt: number | undefined;
  /** The live ones. */
  readonly connections: readonly unknown[];
}

/** What others are told of someone at `now`. */
export function presenceOf({ userId, settings, lastSeenAt, connections }: PresenceState, now: number): Presence {
  if (settings.invisible) return neverSeen(userId);
  const online = connections.length > 0 || (lastSeenAt !== undefined && now < lastSeenAt + graceMs);
  return { userId, online, lastSeenAt: online || lastSeenAt === undefined ? null : isoTime(lastSeenAt) };
}

/** The same for who is invisible, who has blocked the one who asks, and who was never there. */
export function neverSeen(userId: string): Presence {
  return { userId, online: false, lastSeenAt: null };
}

export interface Contacts {
  /** Those of `others` who share a conversation with someone. */
  sharing(userId: string, others: readonly string[]): Promise<string[]>;
  /** Those of `pairs` of which the one has blocked the other. */
  blocked(pairs: readonly Pair[]): Promise<readonly Pair[]>;
}

export interface Pair {
  readonly by: string;
  readonly userId: string;
}

export interface PresenceStore extends Contacts {
  /** Users as they are now, consistently. */
  presenceStates(userIds: readonly string[], now: number): Promise<readonly PresenceState[]>;
}

export interface PresenceSubscriptionStore extends PresenceStore, Pick<Runtime, 'now'> {
  /** Notes that a socket is to be told when the presence of some people changes. */
  subscribe(
    subscriber: { userId: string; connectionId: string },
    userIds: readonly string[],
    now: number,
  ): Promise<void>;
}

/** The presence of those of some people who share a conversation with the asker, and from now on its changes for this socket. */
export async function askPresence(
  store: PresenceSubscriptionStore,
  asker: { userId: string; connectionId: string },
  userIds: readonly string[],
): Promise<Result<Presences>> {
  const { shared, open } = await sharedAndOpen(store, asker.userId, userIds);
  // In this order, so that a change after the answer finds the watch. What was told before it was there is over by the clock, too.
  await store.subscribe(asker, open, store.now());
  return { ok: { users: await answers(store, shared, open, store.now()) } };
}

/** One person's presence. `forbidden` for everyone who shares no conversation with the asker, whether they exist or not. */
export async function presenceFor(
  store: PresenceStore,
  askerId: string,
  userId: string,
  now: number,
): Promise<Result<Presence>> {
  const { shared, open } = await sharedAndOpen(store, askerId, [userId]);
  const [presence] = await answers(store, shared, open, now);
  return presence ? { ok: presence } : fail('forbidden');
}

/** Those of some people who share a conversation with the asker, and those of them who haven't blocked the asker. */
async function sharedAndOpen(store: Contacts, askerId: string, userIds: readonly string[]) {
  const others = [...new Set(userIds)].filter((userId) => userId !== askerId);
  const shared = await store.sharing(askerId, others);
  const blocks = await store.blocked(shared.map((by) => ({ by, userId: askerId })));
  const blockers = new Set(blocks.map(({ by }) => by));
  return { shared, open: shared.filter((userId) => !blockers.has(userId)) };
}

async function answers(
  store: PresenceStore,
  shared: readonly string[],
  open: readonly string[],
  now: number,
): Promise<Presence[]> {
  const presenceStates = await store.presenceStates(open, now);
  const seen = new Map(presenceStates.map((state) => [state.userId, presenceOf(state, now)]));
  return shared.map((userId) => seen.get(userId) ?? neverSeen(userId));
}
