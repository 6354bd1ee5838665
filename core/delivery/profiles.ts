import { chunk } from '#core/chunk.ts';
import type { Conversation } from '#core/conversations/conversation.ts';
import type { User } from '#protocol/accounts.ts';
import { limits } from '#protocol/limits.ts';
import type { Connection, DeliverOnce, Recipient } from './ports.ts';
import type { PresenceSubscription } from './presence.ts';

export interface ProfileDeliveryPorts {
  /** A user as others see them, read consistently. */
  profileOf(userId: string): Promise<User | undefined>;
  /** A user's conversations, those with the latest activity first. Those that the user has a summary of aren't loaded (decision 0119). */
  conversationsOf(userId: string): Promise<readonly Around[]>;
  loadAll(
    conversationIds: readonly string[],
    userId: string,
    options: { readonly consistent: false },
  ): Promise<readonly Conversation[]>;
  recipientsOf(conversation: Conversation): Promise<readonly Recipient[]>;
  subscriptionsTo(userId: string, now: number): Promise<readonly PresenceSubscription[]>;
  /** The open connections of some users, read consistently. */
  connectionsOf(userIds: readonly string[], now: number): Promise<readonly Connection[]>;
  deliverOnce: DeliverOnce;
  now(): number;
}

/** A user's conversation, which may be loaded. */
interface Around {
  readonly id: string;
  readonly own?: { readonly conversation: Conversation };
}

/** How many conversations are loaded at a time. */
const loadedAtOnce = 50;

/** How many users' sockets are looked for at a time. */
const pageSize = 100;

/**
 * Delivers a user's present profile to their own sockets, to those of the people with whom they share a conversation of up to
 * `limits.profileMembers` members, and to those that subscribe to their presence: clients do that for whom they show in larger ones. At
 * most `limits.profileRecipients` people are told, those of the conversations with the latest activity first. The others see it when they
 * fetch the profile, which anybody may. Several runs for one user may overlap: each reads the profile again after it has delivered it.
 * Throws if a socket could not be reached, so that it is tried again.
 */
export async function deliverProfile(ports: ProfileDeliveryPorts, userId: string): Promise<void> {
  const [people, subscriptions] = await Promise.all([
    peopleAround(ports, userId),
    ports.subscriptionsTo(userId, ports.now()),
  ]);
  const subscribers = subscriptions.map(({ subscriberId }) => subscriberId);
  const told = [...new Set([userId, ...people, ...subscribers])].slice(0, limits.profileRecipients);
  for (const page of chunk(told, pageSize)) {
    const connections = await ports.connectionsOf(page, ports.now());
    if (connections.length > 0) await deliverTo(connections);
  }

  async function deliverTo(connections: readonly Connection[]): Promise<void> {
    for (let before: string | undefined; ; ) {
      const user = await ports.profileOf(userId);
      if (!user || JSON.stringify(user) === before) return;
      const failed = await ports.deliverOnce({ type: 'profile', user }, connections);
      if (failed > 0) throw new Error(`A changed profile could not be delivered to ${failed} connections`);
      before = JSON.stringify(user);
    }
  }
}

/**
 * The people with whom a user shares conversations that aren't large, until they are enough. The conversations are loaded page by page, so
 * that those which aren't needed any more cost nothing.
 */
async function peopleAround(ports: ProfileDeliveryPorts, userId: string): Promise<ReadonlySet<string>> {
  const people = new Set<string>();
  for (const page of chunk(await ports.conversationsOf(userId), loadedAtOnce)) {
    const missing = page.filter(({ own }) => !own).map(({ id }) => id);
    const loaded = await ports.loadAll(missing, userId, { consistent: false });
    const byId = new Map(loaded.map((conversation) => [conversation.id, conversation]));
    for (const { id, own } of page) {
      const conversation = own?.conversation ?? byId.get(id);
      if (!conversation || conversation.memberCount > limits.profileMembers) continue;
      if (people.size >= limits.profileRecipients) return people;
      for (const { userId: member } of await ports.recipientsOf(conversation)) people.add(member);
    }
  }
  return people;
}
