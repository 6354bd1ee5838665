import { expect, test } from 'vitest';
import type { Conversation } from '#core/conversations/conversation.ts';
import { newConversation } from '#core/conversations/plan.ts';
import type { Connection } from '#core/delivery/ports.ts';
import { deliverProfile, type ProfileDeliveryPorts } from '#core/delivery/profiles.ts';
import type { User } from '#protocol/accounts.ts';
import type { Event } from '#protocol/events.ts';
import { limits } from '#protocol/limits.ts';

const ann: User = { id: 'ann', username: 'ann', displayName: 'Ann', bio: '', avatarUrl: null, createdAt: '' };

function room(id: string, members: readonly string[], lastActivityAt = 0): Conversation {
  const founders = members.map((userId) => ({ userId, role: 'member' as const }));
  return { ...newConversation({ id, type: 'group', name: id }, founders, 0), lastActivityAt };
}

/** Everybody has one socket. Each delivery may change what the profile is from then on. */
function portsOf(rooms: readonly Conversation[], more: Partial<ProfileDeliveryPorts> = {}) {
  const told: { to: string[]; event: Event }[] = [];
  const ports: ProfileDeliveryPorts = {
    now: () => 0,
    profileOf: async () => ann,
    conversationsOf: async () =>
      rooms.toSorted((a, b) => b.lastActivityAt - a.lastActivityAt).map(({ id }) => ({ id })),
    loadAll: async (ids) => rooms.filter(({ id }) => ids.includes(id)),
    recipientsOf: async ({ members }) => [...members.values()],
    subscriptionsTo: async () => [],
    connectionsOf: async (userIds) => userIds.map((userId) => ({ userId, connectionId: userId })),
    deliverOnce: async (event: Event, connections: readonly Connection[]) => {
      told.push({ to: connections.map(({ userId }) => userId), event });
      return 0;
    },
    ...more,
  };
  return { ports, told, people: () => told.flatMap(({ to }) => to).sort() };
}

test('a changed profile is told to the person and to those of their conversations, each once', async () => {
  const { ports, told, people } = portsOf([room('a', ['ann', 'ben']), room('b', ['ann', 'ben', 'cara'])]);
  await deliverProfile(ports, 'ann');
  expect(people()).toEqual(['ann', 'ben', 'cara']);
  expect(told.map(({ event }) => event)).toEqual([{ type: 'profile', user: ann }]);
});

test('in large rooms only those are told who look at the person', async () => {
  const crowd = Array.from({ length: limits.profileMembers }, (_, i) => `member ${i}`);
  const { ports, people } = portsOf([room('large', ['ann', ...crowd]), room('small', ['ann', 'ben'])], {
    subscriptionsTo: async () => [{ subscriberId: 'member 7', connectionId: 'seven' }],
  });
  await deliverProfile(ports, 'ann');
  expect(people()).toEqual(['ann', 'ben', 'member 7']);
});

test('however many conversations there are, only so many people are told: those of the newest', async () => {
  const rooms = Array.from({ length: 1_000 }, (_, i) => room(`${i}`, ['ann', ...[0, 1, 2].map((n) => `${i} ${n}`)], i));
  let read = 0;
  let loaded = 0;
  const { ports, people } = portsOf(rooms, {
    loadAll: async (ids) => {
      loaded += ids.length;
      return rooms.filter(({ id }) => ids.includes(id));
    },
    recipientsOf: async ({ members }) => {
      read++;
      return [...members.values()];
    },
  });
  await deliverProfile(ports, 'ann');
  expect(people()).toHaveLength(limits.profileRecipients);
  expect(people()).toContain('999 0');
  expect(people()).not.toContain('0 0');
  expect(read).toBeLessThanOrEqual(limits.profileRecipients / 3 + 1);
  expect(loaded).toBeLessThan(rooms.length / 2);
});

test('a profile that changes while it is delivered is delivered again, and one that is erased isn’t', async () => {
  const names = ['Ann', 'Anna', 'Anna', 'Anna'];
  const changing = portsOf([room('a', ['ann', 'ben'])], {
    profileOf: async () => ({ ...ann, displayName: names.shift() ?? '' }),
  });
  await deliverProfile(changing.ports, 'ann');
  const seen = changing.told.map(({ event }) => event.type === 'profile' && event.user.displayName);
  expect(seen).toEqual(['Ann', 'Anna']);
  const erased = portsOf([room('a', ['ann', 'ben'])], { profileOf: async () => undefined });
  await deliverProfile(erased.ports, 'ann');
  expect(erased.told).toEqual([]);
});

test('a conversation that is loaded already is not loaded again', async () => {
  const known = room('a', ['ann', 'ben']);
  const asked: string[] = [];
  const { ports, people } = portsOf([known, room('b', ['ann', 'cara'])], {
    conversationsOf: async () => [{ id: 'a', own: { conversation: known } }, { id: 'b' }],
    loadAll: async (ids) => {
      asked.push(...ids);
      return [room('b', ['ann', 'cara'])];
    },
  });
  await deliverProfile(ports, 'ann');
  expect(asked).toEqual(['b']);
  expect(people()).toEqual(['ann', 'ben', 'cara']);
});

test('if a socket can’t be reached, it is tried again', async () => {
  const { ports } = portsOf([room('a', ['ann', 'ben'])], { deliverOnce: async () => 1 });
  await expect(deliverProfile(ports, 'ann')).rejects.toThrow('1 connection');
});
