import { Resolver } from 'node:dns/promises';
import { describe, expect, test } from 'vitest';
import { createPublicLookup, isAllowedEndpoint, isPublicAddress } from '#adapters/push/address.ts';
import { createWebPush, punishesSilence } from '#adapters/push/web-push.ts';
import type { MessageChange } from '#core/conversations/change.ts';
import type { Member } from '#core/conversations/conversation.ts';
import type { TimedConnection } from '#core/delivery/ports.ts';
import { type LookStore, look } from '#core/push/look.ts';
import type { LookJob, Notifier } from '#core/push/ports.ts';
import { type PushStore, push } from '#core/push/push.ts';
import { findPushJobs, pushJobs } from '#core/push/recipients.ts';
import { retryDelay } from '#core/push/retry.ts';
import { limits } from '#protocol/limits.ts';
import type { Notification } from '#protocol/push.ts';
import { conversationOf, deliveryOf, memberOf } from '#test/helpers/delivery.ts';
import { startDns } from '#test/helpers/dns.ts';
import { noSummaries } from '#test/helpers/summaries.ts';

describe('where pushes may go', () => {
  test.each(['8.8.8.8', '2607:f8b0::1'])('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));

  test.each(['10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.31.0.1', '192.168.0.1', '0.0.0.0', '::1'])(
    '%s is not',
    (address) => expect(isPublicAddress(address)).toBe(false),
  );

  test.each(['fd00::1', 'fe80::1', '::ffff:8.8.8.8', '64:ff9b::a00:1', '2002:a00:1::', '2001::1', 'nonsense'])(
    '%s is not either',
    (address) => expect(isPublicAddress(address)).toBe(false),
  );

  test.each([
    ...['192.0.0.8', '192.0.2.1', '192.31.196.1', '192.52.193.1', '192.88.99.1', '192.175.48.1', '198.18.0.1'],
    ...['198.51.100.1', '203.0.113.1', '240.0.0.1', '255.255.255.255', '2001:db8::1', '2001:2::1', '2620:4f:8000::1'],
    ...['3fff::1', '3fff:fff::1', '5f00::1', '100::1', '100:0:0:1::1', '64:ff9b:1::1'],
  ])('%s is of a special-purpose network of IANA', (address) => {
    expect(isPublicAddress(address)).toBe(false);
    expect(
      isAllowedEndpoint(`https://${address.includes(':') ? `[${address}]` : address}/x`, { toThisMachine: false }),
    ).toBe(false);
  });

  test('this machine is allowed only where all of AWS runs on it', () => {
    const endpoint = 'http://127.0.0.1:4000/x';
    const isAllowed = (toThisMachine: boolean) => isAllowedEndpoint(endpoint, { toThisMachine });
    expect([isAllowed(true), isAllowed(false)]).toEqual([true, false]);
    expect(isAllowedEndpoint('https://push.example/x', { toThisMachine: false })).toBe(true);
  });

  test.each([
    ['push.example', true],
    ['a.more.example', true],
    ['more.example', false],
    ['evilmore.example', false],
    ['a.push.example', false],
    ['push.example.evil', false],
    ['PUSH.example', true],
  ])('a list of hosts says whether %s is allowed', (host, allowed) => {
    const hosts = ['push.example', '*.more.example'];
    expect(isAllowedEndpoint(`https://${host}/x`, { toThisMachine: false, hosts })).toBe(allowed);
  });

  describe('by the addresses of a name:', () => {
    const lookedUp = async (name: string, all: boolean, names: Readonly<Record<string, string>>) => {
      await using dns = await startDns(names);
      const resolver = new Resolver({ timeout: 500, tries: 2 });
      resolver.setServers([dns.address]);
      const lookup = createPublicLookup(resolver);
      return await new Promise((resolve) => lookup(name, { all }, (error, ...found) => resolve(error ?? found)));
    };

    test.each(['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', 'fd00::1'])('%s is refused', async (address) => {
      for (const all of [true, false])
        expect(await lookedUp('evil.example', all, { 'evil.example': address })).toMatchObject({
          message: expect.stringContaining('not public'),
        });
    });

    test('a public one is taken, of either family', async () => {
      const names = { 'four.example': '8.8.8.8', 'six.example': '2607:f8b0::1' };
      expect(await lookedUp('four.example', true, names)).toEqual([[{ address: '8.8.8.8', family: 4 }]]);
      expect(await lookedUp('four.example', false, names)).toEqual(['8.8.8.8', 4]);
      expect(await lookedUp('six.example', false, names)).toEqual(['2607:f8b0::1', 6]);
    });

    test('a name that isn’t there is an error', async () => {
      expect(await lookedUp('none.example', true, {})).toMatchObject({ code: 'ENOTFOUND' });
    });

    test('name servers that hang keep nobody else waiting', async () => {
      await using dns = await startDns({ 'good.example': '8.8.8.8' });
      const resolver = new Resolver({ timeout: 60_000, tries: 1 });
      resolver.setServers([dns.address]);
      const lookup = createPublicLookup(resolver);
      for (let i = 0; i < 40; i++) lookup(`${i}.hanging.example`, {}, () => {});
      expect(await new Promise((resolve) => lookup('good.example', {}, (_, address) => resolve(address)))).toBe(
        '8.8.8.8',
      );
      resolver.cancel();
    });
  });
});

test.each([
  ['web.push.apple.com', true],
  ['push.apple.com', true],
  ['fcm.googleapis.com', false],
  ['push.apple.com.example', false],
  ['evilpush.apple.com', false],
])('a push to %s that shows nothing is withheld: %s', async (host, withheld) => {
  const endpoint = `https://${host}/x`;
  expect(punishesSilence(new URL(endpoint))).toBe(withheld);
  if (!withheld) return;
  const notify = createWebPush({
    keys: () => Promise.reject(new Error('nothing is signed')),
    subject: 'https://chat.example',
    toThisMachine: false,
  });
  const subscription = { userId: 'ben', familyId: 'f', id: 'd', endpoint, keys: { p256dh: '', auth: '' } };
  const takenBack = { conversationId: 'c', seq: 1, unread: 0, badge: 0, takenBack: true as const };
  expect(await notify(subscription, takenBack)).toBe('withheld');
});

test('who is nowhere online is notified at once, others who may miss it later, of the newest message by others', () => {
  const now = Date.UTC(2026, 10, 22);
  const joinedAt = { ann: 0, ben: 0, cara: 0, dora: 2, emil: 0 };
  const members = Object.entries(joinedAt).map(([userId, joinedSeq]) => ({ userId, joinedSeq }));
  const conversation = conversationOf(
    { cara: { readSeq: 1 }, ben: { hiddenSeq: 9 }, dora: { joinedSeq: 2, deliveredSeq: 4 } },
    { id: 'c' },
  );
  const people = members.map(({ userId }) => ({
    userId,
    connections: userId === 'cara' || userId === 'ben' ? [{ userId, connectionId: 'one', since: 0 }] : [],
    pushUntil: userId === 'emil' ? now : now + 1,
  }));
  const said = (seq: number, senderId: string) => ({ seq, senderId, clientId: `message ${seq}` });
  const jobs = (...messages: ReturnType<typeof said>[]) => pushJobs(conversation, members, people, messages, now);
  const about = (seq: number) => ({ conversationId: 'c', seq, correlationId: `message ${seq}` });
  expect(jobs(said(1, 'ann'))).toEqual({ due: [], looks: [{ ...about(1), userIds: ['ben'] }] });
  expect(jobs(said(1, 'ann'), said(2, 'ben'))).toEqual({
    due: [{ ...about(2), userId: 'ann' }],
    looks: [
      { ...about(1), userIds: ['ben'] },
      { ...about(2), userIds: ['cara'] },
    ],
  });
  expect(jobs(said(3, 'ann')).due).toEqual([]);
  expect(jobs(said(5, 'ann'))).toEqual({
    due: [{ ...about(5), userId: 'dora' }],
    looks: [{ ...about(5), userIds: ['ben', 'cara'] }],
  });
});

test('a thousand people with sockets are ten looks', () => {
  const now = Date.UTC(2026, 10, 22);
  const members = Array.from({ length: 1_000 }, (_, i) => ({ userId: `u${i}`, joinedSeq: 0 }));
  const people = members.map(({ userId }) => ({
    userId,
    connections: [{ userId, connectionId: 'one', since: 0 }],
    pushUntil: now + 1,
  }));
  const room = conversationOf({}, { large: true, memberCount: 1_000 });
  const { due, looks } = pushJobs(room, members, people, [{ seq: 1, senderId: 'ann', clientId: 'one' }], now);
  expect([due.length, looks.length, looks[0]?.userIds.length]).toEqual([0, 10, 100]);
});

describe('a look', () => {
  const job = { userIds: ['ben'], conversationId: 'c', seq: 5 };
  const due = [{ userId: 'ben', conversationId: 'c', seq: 5, looked: true }];
  const later = { ...job, second: true as const };
  const seen = { userId: 'ben', connectionId: 'one', since: 0 };
  const unseen = { ...seen, hidden: true as const };

  async function lookAt(
    me: Partial<Member>,
    {
      room = {},
      connections = [seen],
      at = job,
    }: { room?: object; connections?: TimedConnection[]; at?: LookJob } = {},
  ) {
    const store: LookStore = {
      load: async () => conversationOf({ ann: {}, ben: me }, { id: 'c', ...room }),
      statesOf: async () => [{ userId: 'ben', connections }],
    };
    return await look(store, at, 0);
  }

  test.each<[string, Partial<Member>, number]>([
    ['has received nothing', {}, 1],
    ['has received an earlier one', { deliveredSeq: 4, readSeq: 4 }, 1],
    ['has received it at a hidden client', { deliveredSeq: 4, hiddenSeq: 5 }, 1],
    ['has received it at a visible client', { deliveredSeq: 5 }, 0],
    ['has read it', { readSeq: 5 }, 0],
    ['joined after it', { joinedSeq: 5 }, 0],
  ])('at a member who %s: %#', async (_, me, count) => {
    expect(await lookAt(me)).toEqual({ due: due.slice(0, count), again: undefined });
  });

  test('at somebody who has left finds nothing to do', async () => {
    expect(await lookAt({}, { at: { ...job, userIds: ['cara'] } })).toEqual({ due: [], again: undefined });
  });

  describe('in a room that is too large for receipts', () => {
    const room = { memberCount: limits.receiptMembers + 1 };

    test('takes a visible socket for a receipt, and comes back once', async () => {
      expect(await lookAt({}, { room })).toEqual({ due: [], again: later });
      expect(await lookAt({}, { room, at: later })).toEqual({ due: [], again: undefined });
    });

    test.each([
      ['a hidden one', [unseen]],
      ['one that is gone', []],
    ])('doesn’t take %s for one', async (_, connections) => {
      for (const at of [job, later]) expect((await lookAt({}, { room, connections, at })).due).toEqual(due);
      expect((await lookAt({ readSeq: 5 }, { room, connections })).due).toEqual([]);
    });
  });
});

describe('the wait for another try', () => {
  const chance = (random: number) => () => random;

  test('doubles, with jitter', () => {
    expect([1, 2, 3].map((receiveCount) => retryDelay(chance(1), receiveCount, 0))).toEqual([10, 20, 40]);
    expect(retryDelay(chance(0), 1, 0)).toBe(5);
  });

  test('is as long as the service wants, and an hour at most', () => {
    expect(retryDelay(chance(0.5), 1, 60_000)).toBe(60);
    expect(retryDelay(chance(0.5), 1, 1e9)).toBe(3_600);
    expect(retryDelay(chance(0.5), 20, 0)).toBe(3_600);
  });
});

test('a second without a message costs no read', async () => {
  const delivery = deliveryOf(undefined);
  const ports = { ...delivery, pushedTo: async () => new Map() };
  expect(await findPushJobs(ports, 'c', { messages: [], deleted: [] })).toEqual({ due: [], looks: [], takeBacks: [] });
  expect(delivery.loaded).toEqual([]);
});

describe('a push', () => {
  const now = Date.UTC(2026, 10, 22);
  const job = { userId: 'ben', conversationId: 'chat', seq: 1 };
  const conversation = conversationOf(
    { ann: {}, ben: {} },
    { id: 'chat', type: 'direct', name: null, seq: 1, n: 1, lastMessageSeq: 1 },
  );
  const message: MessageChange = {
    type: 'message',
    conversationId: 'chat',
    seq: 1,
    n: 1,
    senderId: 'ann',
    clientId: 'one',
    text: 'hello',
    replyTo: null,
    sentAt: 0,
  };
  const settings = { privateRead: false, invisible: false, pushText: true, whoMayAdd: 'everyone' as const };
  const away = { userId: 'ben', settings, connections: [], pushUntil: now + 1 };
  const device = {
    userId: 'ben',
    familyId: 'f',
    id: 'd',
    endpoint: 'https://push.example',
    keys: { p256dh: '', auth: '' },
  };

  /** A world of one device, whose note is lost so many times. */
  function world(more: Partial<PushStore> = {}, deaths = 0) {
    let noted = 0;
    const store: PushStore = {
      statesOf: async () => [away],
      load: async () => conversation,
      at: async () => [message],
      ...noSummaries,
      now: () => now,
      memberships: async () => [{ conversationId: 'chat', muted: false }],
      membershipsIn: async () => [],
      isMuted: async () => false,
      loadAll: async () => [],
      hasBlocked: async () => false,
      voidsAbove: async () => [],
      nameOf: async () => 'Ann',
      subscriptionsOf: async () => [device],
      unsubscribe: async () => {},
      setFailing: async () => true,
      pushedSeqs: async () => new Map([['d', noted]]),
      async markPushed(_, __, seq) {
        if (deaths-- > 0) throw new Error('died');
        noted = seq;
      },
      forgetPush: async () => {},
      ...more,
    };
    return store;
  }

  /** A push service that takes everything. */
  function service() {
    const sent: Notification[] = [];
    const notify: Notifier = async (_, notification) => {
      sent.push(notification);
      return 'sent';
    };
    return { sent, notify };
  }

  const ben = (more: Partial<Member>) => ({ ...conversation, members: new Map([['ben', memberOf('ben', more)]]) });

  test.each([
    ['is no member any more', { load: async () => conversationOf({ ann: {} }, { id: 'chat' }) }],
    ['joined after it', { load: async () => ben({ joinedSeq: 1 }) }],
    ['has received it', { load: async () => ben({ deliveredSeq: 1 }) }],
    ['has read it', { load: async () => ben({ readSeq: 1 }) }],
    ['has muted the conversation', { isMuted: async () => true }],
    ['has blocked its sender', { hasBlocked: async (by: string, whom: string) => by === 'ben' && whom === 'ann' }],
  ])('is not sent to who %s', async (_, more: Partial<PushStore>) => {
    const { sent, notify } = service();
    expect(await push(world(more), notify, job, now)).toMatchObject({ sent: 0, failures: [] });
    expect(sent).toEqual([]);
  });

  test('waits for a look if the person has come back, and not after that', async () => {
    const { sent, notify } = service();
    const store = world({
      statesOf: async () => [{ ...away, connections: [{ userId: 'ben', connectionId: 'b', since: 0 }] }],
    });
    expect(await push(store, notify, job, now)).toMatchObject({ sent: 0, again: 'after a look' });
    expect(await push(store, notify, { ...job, looked: true }, now)).toMatchObject({ sent: 1, again: 'no' });
    expect(sent).toHaveLength(1);
  });

  test('is not sent of a message that was deleted', async () => {
    const { sent, notify } = service();
    await push(world({ at: async () => [{ ...message, deletedAt: now }] }), notify, job, now);
    expect(sent).toEqual([]);
  });

  test('whose function dies before it is noted is sent again, the same, and then no more', async () => {
    const { sent, notify } = service();
    const store = world({}, 1);
    await expect(push(store, notify, job, now)).rejects.toThrow('died');
    await push(store, notify, job, now);
    await push(store, notify, job, now);
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
  });

  test('whose function dies before it is sent is sent later', async () => {
    const store = world();
    const dying: Notifier = () => Promise.reject(new Error('died'));
    await expect(push(store, dying, job, now)).rejects.toThrow('died');
    const { sent, notify } = service();
    await push(store, notify, job, now);
    expect(sent).toHaveLength(1);
  });
});
