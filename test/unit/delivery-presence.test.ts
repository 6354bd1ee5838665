import { expect, test } from 'vitest';
import { deliverPresence, type PresenceDeliveryPorts } from '#core/delivery/presence.ts';
import { graceMs, type PresenceState } from '#core/people/presence.ts';
import type { Event } from '#protocol/events.ts';
import { testRuntime } from '#test/helpers/runtime.ts';

const now = Date.UTC(2026, 10, 28);
const away: PresenceState = { userId: 'ben', settings: { invisible: false }, lastSeenAt: now, connections: [] };
const there: PresenceState = { ...away, connections: ['one'] };

/** Ben, to whose presence Ann, Cara and Dora have subscribed, each with one connection. */
function world(state: PresenceState, more: Partial<PresenceDeliveryPorts> = {}) {
  const names = ['ann', 'cara', 'dora'];
  const told: { to: string[]; online: boolean }[] = [];
  const forgotten: string[] = [];
  const it = { state, told, forgotten };
  const ports: PresenceDeliveryPorts = {
    ...testRuntime(now + graceMs),
    presenceStates: async () => [it.state],
    sharing: async (_, others) => others.map((userId) => ({ userId, agreed: true })),
    blocked: async () => [],
    subscriptionsTo: async () => names.map((subscriberId) => ({ subscriberId, connectionId: subscriberId })),
    connectionsOf: async (userIds) => userIds.map((userId) => ({ userId, connectionId: userId })),
    forget: async (_, connectionIds) => void forgotten.push(...connectionIds),
    async deliverOnce(event: Event, connections) {
      if (event.type === 'presence')
        told.push({ to: connections.map(({ connectionId }) => connectionId), online: event.online });
      return 0;
    },
    ...more,
  };
  return Object.assign(it, { ports });
}

test('subscribers are told what is so now', async () => {
  const { ports, told } = world(there);
  await deliverPresence(ports, { userId: 'ben' });
  expect(told).toEqual([{ to: ['ann', 'cara', 'dora'], online: true }]);
});

test('who shares no conversation any more is told nothing', async () => {
  const { ports, told } = world(there, {
    sharing: async () => ['cara', 'dora'].map((userId) => ({ userId, agreed: true })),
  });
  await deliverPresence(ports, { userId: 'ben' });
  expect(told).toEqual([{ to: ['cara', 'dora'], online: true }]);
});

test('neither of two whom a block keeps apart is told of the other', async () => {
  const { ports, told } = world(there, {
    blocked: async (pairs) =>
      pairs.filter(({ by, userId }) => [by, userId].join() === 'ben,dora' || [by, userId].join() === 'ann,ben'),
  });
  await deliverPresence(ports, { userId: 'ben' });
  expect(told).toEqual([{ to: ['cara'], online: true }]);
});

test('who began a conversation to which the other has not agreed is told nothing', async () => {
  const asked: string[] = [];
  const { ports, told } = world(there, {
    async sharing(_, others, shown) {
      asked.push(shown);
      return others.map((userId) => ({ userId, agreed: userId !== 'cara' }));
    },
  });
  await deliverPresence(ports, { userId: 'ben' });
  expect(told).toEqual([{ to: ['ann', 'dora'], online: true }]);
  expect(asked).toEqual(['user']);
});

test('subscriptions of connections that are closed are removed', async () => {
  const { ports, told, forgotten } = world(there, {
    connectionsOf: async () => [{ userId: 'ann', connectionId: 'ann' }],
  });
  await deliverPresence(ports, { userId: 'ben' });
  expect(told).toMatchObject([{ to: ['ann'] }]);
  expect(forgotten).toEqual(['cara', 'dora']);
});

test('a change while subscribers are being told is told after it, so that the last word is true', async () => {
  const it = world(away);
  const { deliverOnce } = it.ports;
  const ports: PresenceDeliveryPorts = {
    ...it.ports,
    async deliverOnce(event, connections) {
      const failed = await deliverOnce(event, connections);
      it.state = there;
      return failed;
    },
  };
  await deliverPresence(ports, { userId: 'ben', goneAt: now });
  expect(it.told.map(({ online }) => online)).toEqual([false, true]);
});

test('the grace is over when the queue says so, also where this clock is behind', async () => {
  const { ports, told } = world(away, testRuntime(now + graceMs - 1));
  await deliverPresence(ports, { userId: 'ben', goneAt: now });
  expect(told).toMatchObject([{ online: false }]);
});

test.each([
  ['came back', there],
  ['was seen since', { ...away, lastSeenAt: now + 1 }],
  ['hides', { ...away, settings: { invisible: true } }],
])('nobody is told that someone went who %s', async (_, state) => {
  const { ports, told } = world(state);
  await deliverPresence(ports, { userId: 'ben', goneAt: now });
  expect(told).toEqual([]);
});

test('a connection that could not be reached fails the change, which comes again', async () => {
  const { ports } = world(there, { deliverOnce: async () => 1 });
  await expect(deliverPresence(ports, { userId: 'ben' })).rejects.toThrow('1 connections');
});
