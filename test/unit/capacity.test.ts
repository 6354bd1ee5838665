import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import bench from '#bench/results.json' with { type: 'json' };
import { alternatives, stormBill, tiered, total } from '#bin/capacity/bill.ts';
import { readLoad } from '#bin/capacity/load.ts';
import { needsOf, pacing } from '#bin/capacity/needs.ts';
import { quotasOf } from '#bin/capacity/quotas.ts';
import { share, unpacedMembers } from '#core/delivery/pacing.ts';

const counters = { 'DynamoDB calls': 3, 'read units': 1, 'write units': 1, invocations: 1, 'CPU of the functions': 5 };
const operation = (group: string, more: object = {}) =>
  Object.entries({ ...counters, ...more }).map(([name, value]) => ({ group, name, value }));

/** Round numbers in place of the bench's, so that what comes out can be reckoned by hand. */
const rows = [
  ...operation('Send to 2 members', { 'write units': 2 }),
  ...operation('Send to 8 members', { 'write units': 2, 'read units': 4 }),
  ...operation('Send to 50 members', { 'write units': 3 }),
  ...operation('Send to 150 members', { 'write units': 3 }),
  ...operation('Mark read, and a second’s share of telling it'),
  ...operation('Connect', { invocations: 2 }),
  ...operation('Disconnect'),
  ...operation('Sync of 4 conversations, 50 changes', { 'write units': 0 }),
  { group: 'A room of 1000 members with a socket each, 50 messages/s', name: 'frames per delivery', value: 0.2 },
  { group: 'A room of 10000 members with a socket each, 50 messages/s', name: 'frames per delivery', value: 0.14 },
];

const planned = (options: Parameters<typeof readLoad>[0]) => {
  const load = readLoad(options);
  const needs = needsOf(load, rows);
  return { load, needs, storm: stormBill(load, needs), others: alternatives(load, needs) };
};

describe('what a load needs', () => {
  test('a room of 10 000 sockets takes turns of 1.43 s, in which 50 messages/s fit and 70 do not', () => {
    expect(pacing).toEqual({ unpacedMembers, share });
    const room = { members: '10000', conversations: '1', online: '1', users: '10000', 'hot-sockets': '10000' };
    const { needs } = planned({ ...room, 'hot-messages': '50/s' });
    expect(needs.hotTurnSeconds).toBeCloseTo(1.43, 2);
    expect(needs.hotTurnBytes).toBeCloseTo(28_571, 0);
    const lacking = (load: Parameters<typeof planned>[0]) =>
      quotasOf(planned(load).needs).filter(({ name, needed, limit }) => name.includes('takes turns') && needed > limit);
    expect(lacking({ ...room, 'hot-messages': '50/s' })).toEqual([]);
    expect(lacking({ ...room, 'hot-messages': '70/s' })).toHaveLength(1);
    expect(planned({ ...room, 'hot-sockets': '500', 'hot-messages': '50/s' }).needs.hotTurnSeconds).toBe(0);
  });

  test('50 000 messages/s of 20 000 people in conversations of 8', () => {
    const { needs } = planned({ users: '100000', online: '0.2', messages: '50000/s' });
    // 7 others, a fifth of them online: 1.4 deliveries a message, of which 0.3 are marked as read.
    expect(needs.sockets).toBe(20_000);
    expect(needs.deliveries).toBeCloseTo(70_000);
    expect(needs.posts).toBeCloseTo(70_000);
    expect(needs.asked).toBeCloseTo(50_000 + 21_000);
    // 20 000 / 6 000 s, for connecting and for its sync; and a keepalive each 540 s.
    expect(needs.requests).toBeCloseTo(71_000 + 70_000 + 2 * (20_000 / 6_000) + 20_000 / 540);
    expect(needs.writeUnits).toBeCloseTo(50_000 * 2 + 21_000 + 2 * (20_000 / 6_000));
    expect(needs.readUnits).toBeCloseTo(50_000 * 4 + 21_000 + 3 * (20_000 / 6_000));
    expect(needs.secondsToReconnect).toBe(40);
  });

  test('a function is paid while it waits, and has a part of a core if it has little memory', () => {
    const { needs } = planned({ users: '10', online: '0', messages: '1000/s' });
    // 3 calls of 5 ms, 15 ms for the post, and 5 ms of a core of which 1 024 MiB are a part.
    expect(needs.concurrency).toBeCloseTo(1_000 * 0.001 * (15 + 15 + (5 * 1_769) / 1_024));
    expect(needs.gbSeconds).toBeCloseTo(needs.concurrency);
  });

  test('a room of 10 000 sockets with 50 messages/s is seven times the default quota', () => {
    const { needs } = planned({ messages: '50/s', 'hot-messages': '50/s', 'hot-sockets': '10000' });
    expect(needs.hotPosts).toBeCloseTo(70_000);
    const over = quotasOf(needs).filter(({ needed, limit }) => needed > limit);
    expect(over.map(({ name }) => name)).toEqual(['API Gateway: posts per second to the busiest room']);
  });

  test('one conversation cannot have more messages than a partition has write units', () => {
    const { needs } = planned({ messages: '1001/s', 'hot-messages': '1001/s', 'hot-sockets': '2' });
    expect(quotasOf(needs).find(({ needed, limit }) => needed > limit)?.name).toMatch(/head of the busiest/);
  });

  test('between two sizes that were measured the counters lie on a straight line, and beyond the last one they stay', () => {
    const writes = (members: string) => planned({ users: '1', online: '0', messages: '1', members }).needs.writeUnits;
    expect(writes('29')).toBeCloseTo(2.5);
    expect(writes('10000')).toBe(3);
  });

  test('a load that means nothing is refused in words', () => {
    expect(() => readLoad({ users: 'many' })).toThrow('--users must be a number from 1');
    expect(() => readLoad({ online: '20' })).toThrow('--online must be a number from 0 to 1');
    expect(() => readLoad({ messages: '/s' })).toThrow('--messages');
  });

  test('the bench has every counter that is asked of it', () => {
    for (const members of ['2', '9', '1000'])
      expect(() => needsOf(readLoad({ members, 'hot-sockets': '10000' }), bench.rows)).not.toThrow();
  });
});

describe('what it costs', () => {
  test('1 000 people who are connected all the time and say nothing', () => {
    const { storm, others } = planned({ users: '1000', online: '1', messages: '0', busy: '1' });
    // 730 hours of 60 minutes at $0.25 a million, and a keepalive each 9 minutes at $1 a million.
    expect(storm['open sockets']).toBeCloseTo(1_000 * 43_800 * 0.25e-6);
    const connects = 1_000 * (43_800 / 100);
    expect(storm['frames']).toBeCloseTo((1_000 * 43_800) / 9 / 1e6);
    expect(storm['tables, writes']).toBeCloseTo(2 * connects * 0.625e-6);
    // The minutes of AppSync Events are cheaper.
    const [appSync] = others;
    expect(appSync?.bill['open sockets']).toBeCloseTo(1_000 * 43_800 * 0.08e-6);
    expect(total(appSync?.bill ?? {})).toBeLessThan(total(storm));
  });

  test('a message to one other who is online, a million times', () => {
    const perSecond = String(1e6 / (730 * 3_600));
    const { storm, others } = planned({
      users: '2',
      online: '1',
      messages: perSecond,
      members: '2',
      reads: '0',
      busy: '1',
      months: '0',
    });
    const sockets = planned({ users: '2', online: '1', messages: '0', members: '2', busy: '1' });
    const of = (part: string) => (storm[part] ?? Number.NaN) - (sockets.storm[part] ?? Number.NaN);
    // A frame, its answer and one to the other.
    expect(of('frames')).toBeCloseTo(3);
    expect(of('tables, writes')).toBeCloseTo(1.25);
    expect(of('tables, reads')).toBeCloseTo(0.125);
    expect(of('functions, invocations')).toBeCloseTo(0.2);
    expect(of('logs')).toBeCloseTo(0.4);
    // Ably counts it published, stored and received.
    expect(others[1]?.bill['messages']).toBeCloseTo(7.5);
  });

  test('each part of an amount has the price of its tier', () => {
    const tiers = [
      { upTo: 10, price: 2 },
      { upTo: Number.POSITIVE_INFINITY, price: 1 },
    ];
    expect([0, 10, 15].map((amount) => tiered(amount, tiers))).toEqual([0, 20, 25]);
  });

  test('servers of one’s own come in pairs, and cost the same when nobody is there', () => {
    const [, , idle] = planned({ users: '10', online: '0', messages: '0' }).others;
    expect(idle?.bill['servers']).toBeCloseTo(2 * 0.0816 * 730);
    expect(idle?.bill['databases']).toBeCloseTo(2 * 0.0816 * 730);
  });
});

test('cost.md shows what the calculator prints with the bench as it is', () => {
  const [, command = '', shown = ''] =
    /```sh\nnpm run capacity -- (.*)\n```[^`]*```\n([^`]*)```/.exec(readFileSync('docs/cost.md', 'utf8')) ?? [];
  const printed = execFileSync(process.execPath, ['bin/capacity.ts', ...command.split(' ')], { encoding: 'utf8' });
  const lines = shown.split('\n').filter((line) => line !== '…');
  expect(lines.length).toBeGreaterThan(10);
  expect(printed.split('\n')).toEqual(expect.arrayContaining(lines));
});
