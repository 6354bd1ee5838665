import { isoTime } from '#core/clock.ts';
import type { Runtime } from '#core/runtime.ts';
import { fail, type Result } from '#protocol/failures.ts';
import type { Settings } from '#protocol/people.ts';
import type { Presence, Presences } from '#protocol/presence.ts';

/** For so many ms after their last socket has closed, a user counts as online. So a reconnect isn't visible to others. */
export const graceMs = 30_000;

/** The sockets of a user at some time. */
export interface PresenceState {
  readonly userId: string;
  readonly settings: Pick<Settings, 'invisible'>;
  /** In ms since 1970. */
  readonly lastSeenAt: number | undefined;
  /** The open ones. */
  readonly connections: readonly unknown[];
}

/** A user's presence as others see it. `now` is in ms since 1970. */
export function presenceOf({ userId, settings, lastSeenAt, connections }: PresenceState, now: number): Presence {
  if (settings.invisible) return neverSeen(userId);
  const online = connections.length > 0 || (lastSeenAt !== undefined && now < lastSeenAt + graceMs);
  return { userId, online, lastSeenAt: online || lastSeenAt === undefined ? null : isoTime(lastSeenAt) };
}

/**
 * The presence of a user who was never online. It is also that of a user who is invisible, who hasn't agreed to a direct
 * conversation, or whom a block keeps apart from the one who asks.
 */
export function neverSeen(userId: string): Presence {
  return { userId, online: false, lastSeenAt: null };
}

/** A user who shares a conversation with another. */
export interface Contact {
  readonly userId: string;
  /** Whether the one who is shown shares a group with the other, or agrees to their direct conversation (`agrees` in core/access.ts). */
  readonly agreed: boolean;
}

export interface Contacts {
  /** The users among `others` who share a conversation with `userId`. `shown` are those who have to agree to it. */
  sharing(userId: string, others: readonly string[], shown: 'others' | 'user'): Promise<readonly Contact[]>;
  /** The pairs in which `by` has blocked `userId`. */
  blocked(pairs: readonly Pair[]): Promise<readonly Pair[]>;
}

export interface Pair {
  readonly by: string;
  readonly userId: string;
}

export interface PresenceStore extends Contacts {
  /** The present states of users, read consistently. */
  presenceStates(userIds: readonly string[], now: number): Promise<readonly PresenceState[]>;
}

export interface PresenceSubscriptionStore extends PresenceStore, Pick<Runtime, 'now'> {
  /** Subscribes a socket to changes of the presence of some users. */
  subscribe(
    subscriber: { userId: string; connectionId: string },
    userIds: readonly string[],
    now: number,
  ): Promise<void>;
}

/**
 * The presence of those users who share a conversation with the asker. It also subscribes the asker's socket to its changes, except
 * to those of users whom a block keeps apart from the asker.
 */
export async function askPresence(
  store: PresenceSubscriptionStore,
  asker: { userId: string; connectionId: string },
  userIds: readonly string[],
): Promise<Result<Presences>> {
  const { shared, unblocked, open } = await contactsOf(store, asker.userId, userIds);
  // The subscription is stored before the presence is read. So each change after that read finds the subscription.
  await store.subscribe(asker, unblocked, store.now());
  return { ok: { users: await answers(store, shared, open, store.now()) } };
}

/** A user's presence. Errors: `forbidden` if they share no conversation with the asker, whether or not they exist. */
export async function presenceFor(
  store: PresenceStore,
  askerId: string,
  userId: string,
  now: number,
): Promise<Result<Presence>> {
  const { shared, open } = await contactsOf(store, askerId, [userId]);
  const [presence] = await answers(store, shared, open, now);
  return presence ? { ok: presence } : fail('forbidden');
}

/**
 * The users who share a conversation with the asker (`shared`), those of them whom no block keeps apart from the asker (`unblocked`),
 * and those of these whose presence the asker may see (`open`).
 */
async function contactsOf(store: Contacts, askerId: string, userIds: readonly string[]) {
  const others = [...new Set(userIds)].filter((userId) => userId !== askerId);
  const contacts = await store.sharing(askerId, others, 'others');
  const shared = contacts.map(({ userId }) => userId);
  const apart = await apartFrom(store, askerId, shared);
  const agreed = new Set(contacts.flatMap(({ userId, agreed }) => (agreed ? userId : [])));
  const unblocked = shared.filter((userId) => !apart.has(userId));
  return { shared, unblocked, open: unblocked.filter((userId) => agreed.has(userId)) };
}

/** Those among `others` who have blocked a user, or whom the user has blocked. */
export async function apartFrom(
  { blocked }: Pick<Contacts, 'blocked'>,
  userId: string,
  others: readonly string[],
): Promise<ReadonlySet<string>> {
  const pairs = others.flatMap((other) => [
    { by: other, userId },
    { by: userId, userId: other },
  ]);
  return new Set((await blocked(pairs)).map((pair) => (pair.by === userId ? pair.userId : pair.by)));
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
