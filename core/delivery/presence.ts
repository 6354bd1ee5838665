import { chunk } from '#core/chunk.ts';
import {
  apartFrom,
  graceMs,
  neverSeen,
  type PresenceState,
  type PresenceStore,
  presenceOf,
} from '#core/people/presence.ts';
import { isSamePresence, type PresenceChange } from '#core/people/presence-changes.ts';
import type { Runtime } from '#core/runtime.ts';
import type { Presence } from '#protocol/presence.ts';
import type { Connection, DeliverOnce } from './ports.ts';

/** The subscription of a connection to a user's presence. */
export interface PresenceSubscription {
  readonly subscriberId: string;
  readonly connectionId: string;
}

export interface PresenceDeliveryPorts extends PresenceStore, Pick<Runtime, 'now'> {
  /** The subscriptions to a user's presence, read consistently. */
  subscriptionsTo(userId: string, now: number): Promise<readonly PresenceSubscription[]>;
  /** The open connections of some users, read consistently. */
  connectionsOf(userIds: readonly string[], now: number): Promise<readonly Connection[]>;
  /** Removes the subscriptions of connections that are closed. */
  forget(userId: string, connectionIds: readonly string[]): Promise<void>;
  deliverOnce: DeliverOnce;
}

/** How many subscriptions are handled at a time. */
const pageSize = 100;

/**
 * Delivers a user's present presence to those subscribers who still share a conversation with them, to which they agree, and whom no
 * block keeps apart from them. It may run several times at once for the same user: each run reads the presence again after it has delivered it, and delivers it
 * again if it has changed, so subscribers end with the right one. Throws if a connection could not be reached, so that the change
 * is tried again.
 */
export async function deliverPresence(ports: PresenceDeliveryPorts, { userId, goneAt }: PresenceChange): Promise<void> {
  if (goneAt !== undefined && !isStillGone(await stateOf(ports, userId), goneAt)) return;
  // The clock of this function may be behind, so that the grace period would not be over yet.
  const now = () => Math.max(ports.now(), (goneAt ?? 0) + graceMs);
  const subscriptions = await ports.subscriptionsTo(userId, ports.now());
  for (const page of chunk(subscriptions, pageSize)) await deliverTo(await connectionsToTell(ports, userId, page));

  async function deliverTo(connections: readonly Connection[]): Promise<void> {
    if (connections.length === 0) return;
    for (let told: Presence | undefined; ; ) {
      const state = await stateOf(ports, userId);
      const presence = state ? presenceOf(state, now()) : neverSeen(userId);
      if (told && isSamePresence(told, presence)) return;
      const failed = await ports.deliverOnce({ type: 'presence', ...presence }, connections);
      if (failed > 0) throw new Error(`A change of presence could not be delivered to ${failed} connections`);
      told = presence;
    }
  }
}

async function stateOf(ports: PresenceDeliveryPorts, userId: string): Promise<PresenceState | undefined> {
  const [state] = await ports.presenceStates([userId], ports.now());
  return state;
}

/** Nothing is delivered about an invisible user. Subscribers got an event when the user became invisible. */
function isStillGone(state: PresenceState | undefined, goneAt: number): boolean {
  return state?.connections.length === 0 && state.lastSeenAt === goneAt && !state.settings.invisible;
}

/** The open connections of subscribers who may know a user's presence. The subscriptions of closed connections are removed. */
async function connectionsToTell(
  ports: PresenceDeliveryPorts,
  userId: string,
  subscriptions: readonly PresenceSubscription[],
): Promise<Connection[]> {
  const subscriberIds = [...new Set(subscriptions.map(({ subscriberId }) => subscriberId))];
  const [connections, contacts, apart] = await Promise.all([
    ports.connectionsOf(subscriberIds, ports.now()),
    ports.sharing(userId, subscriberIds, 'user'),
    apartFrom(ports, userId, subscriberIds),
  ]);
  const open = new Set(connections.map(({ connectionId }) => connectionId));
  const closed = subscriptions
    .map(({ connectionId }) => connectionId)
    .filter((connectionId) => !open.has(connectionId));
  if (closed.length > 0) await ports.forget(userId, closed);
  const agreed = contacts.filter((contact) => contact.agreed).map((contact) => contact.userId);
  const may = new Set(agreed.filter((subscriberId) => !apart.has(subscriberId)));
  const subscribed = new Set(
    subscriptions.filter(({ subscriberId }) => may.has(subscriberId)).map(({ connectionId }) => connectionId),
  );
  return connections.filter(({ connectionId }) => subscribed.has(connectionId));
}
