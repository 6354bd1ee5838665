import { Resolver } from 'node:dns/promises';
import { describe, expect, test } from 'vitest';
import { createPublicLookup, isAllowedEndpoint, isPublicAddress } from '#adapters/push/address.ts';
import type { MessageChange } from '#core/conversations/change.ts';
import type { Member } from '#core/conversations/conversation.ts';
import type { Notifier } from '#core/push/ports.ts';
import { type PushStore, push } from '#core/push/push.ts';
import { findPushJobs, pushJobs } from '#core/push/recipients.ts';
import { retryDelay } from '#core/push/retry.ts';
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

test('who may have to be notified are the absent others who may see it, of the newest message', () => {
  const now = Date.UTC(2026, 10, 22);
  const conversation = { id: 'c', history: 'joined' } as const;
  const joinedAt = { ann: 0, ben: 0, cara: 0, dora: 2, emil: 0 };
  const members = Object.entries(joinedAt).map(([userId, joinedSeq]) => ({ userId, joinedSeq }));
  const people = members.map(({ userId }) => ({
    userId,
    connections: userId === 'cara' ? [{ userId, connectionId: 'one' }] : [],
    pushUntil: userId === 'emil' ? now : now + 1,
  }));
  const said = (seq: number, senderId: string) => ({ seq, senderId, clientId: `message ${seq}` });
  const jobs = (...messages: ReturnType<typeof said>[]) =>
    pushJobs(conversation, members, people, messages, now).map(({ userId, seq, correlationId }) => [
      userId,
      seq,
      correlationId,
    ]);
  expect(jobs(said(1, 'ann'), said(2, 'ben'))).toEqual([
    ['ann', 2, 'message 2'],
    ['ben', 1, 'message 1'],
  ]);
  expect(jobs(said(3, 'cara'))).toEqual([
    ['ann', 3, 'message 3'],
    ['ben', 3, 'message 3'],
    ['dora', 3, 'message 3'],
  ]);
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
  expect(await findPushJobs(delivery, 'c', [])).toEqual([]);
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
      pushedSeq: async () => noted,
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
    ['has come back', { statesOf: async () => [{ ...away, connections: [{ userId: 'ben', connectionId: 'b' }] }] }],
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
