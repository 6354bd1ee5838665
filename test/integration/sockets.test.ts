import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectionLifeMs, newSession } from '#adapters/dynamo/connections/sessions.ts';
import { expression } from '#adapters/dynamo/expression.ts';
import { limits } from '#protocol/limits.ts';
import { accountsWorld, startAccountTables } from '#test/helpers/accounts.ts';

let tables: Awaited<ReturnType<typeof startAccountTables>>;
beforeAll(async () => {
  tables = await startAccountTables();
});
afterAll(() => tables.stop());

const now = Date.now();

/** A user with logins, whose connections are opened and closed. */
async function somebody() {
  const { world, sessions, connect } = accountsWorld(tables);
  const userId = uuidv7();
  await tables.connections.put(newSession(userId));
  return {
    userId,
    sessions,
    async logIn(): Promise<string> {
      const familyId = uuidv7();
      await world.families.start({ userId, familyId, tokenHash: 'hash', device: 'a test' }, now);
      return familyId;
    },
    open: (familyId: string, at = now, connectionId = uuidv7()) => connect({ userId, connectionId, familyId }, at),
    async revoke(familyId: string, at = now) {
      await world.families.revoke(userId, familyId);
      return sessions.revoke(userId, familyId, at);
    },
    ids: async () => Object.keys((await row(userId))['connections']).sort(),
    row: () => row(userId),
  };
}

const row = async (userId: string) => (await tables.connections.get({ userId }, { consistent: true })) ?? {};
const named = (count: number, prefix = 'socket') =>
  Array.from({ length: count }, (_, i) => `${prefix}-${String(i).padStart(3, '0')}`);

describe('a person’s sockets', () => {
  test('are at most 20: with one more the oldest leaves, and the new one says so', async () => {
    const ann = await somebody();
    const ids = named(limits.sockets);
    for (const [i, id] of ids.entries()) expect(await ann.open('f', now + i, id)).toBe('connected');
    expect(await ann.ids()).toEqual(ids);
    expect(await ann.open('f', now + 100, 'socket-new')).toBe('connected');
    expect(await ann.ids()).toEqual([...ids.slice(1), 'socket-new']);
    expect((await ann.row())['connections']['socket-new']).toMatchObject({ displaced: [ids[0]] });
  });

  test('are never more, however many open at once', async () => {
    const ann = await somebody();
    const outcomes = await Promise.all(named(300).map((id) => ann.open('f', now, id)));
    expect(await ann.ids()).toHaveLength(limits.sockets);
    expect(new Set(outcomes)).not.toContain('refused');
    expect(await ann.open('f', now + 1, 'the next')).toBe('connected');
  });

  test('whose end was missed make room in the same write, and nobody is told to close', async () => {
    const ann = await somebody();
    for (const id of named(limits.sockets, 'gone')) await ann.open('f', now - connectionLifeMs - 1000, id);
    expect(await ann.open('f', now, 'new')).toBe('connected');
    expect(await ann.row()).toMatchObject({ connections: { new: { since: now, familyId: 'f' } } });
    expect((await ann.row())['connections']['new']).not.toHaveProperty('displaced');
    expect(await ann.ids()).toEqual(['new']);
  });

  test('of a row that has too many from before there was a limit become fewer with each that opens', async () => {
    const ann = await somebody();
    const many = Object.fromEntries(named(100).map((id, i) => [id, { since: now - 10_000 + i, familyId: 'f' }]));
    await tables.connections.update({ userId: ann.userId }, expression`SET connections = ${many}`);
    for (const id of ['a', 'b', 'c']) expect(await ann.open('f', now, id)).toBe('connected');
    expect((await ann.ids()).length).toBeLessThanOrEqual(limits.sockets);
  });

  test('are not opened twice when the write is repeated because its answer was lost', async () => {
    const ann = await somebody();
    for (const id of named(limits.sockets)) await ann.open('f', now, id);
    const before = await ann.ids();
    expect(await ann.open('f', now, before[5])).toBe('connected');
    expect(await ann.ids()).toEqual(before);
  });

  test('at the limit close as before, and are seen to', async () => {
    const ann = await somebody();
    for (const id of named(limits.sockets)) await ann.open('f', now, id);
    for (const id of await ann.ids()) await ann.sessions.disconnect(ann.userId, id, now + 5_000);
    expect(await ann.sessions.statesOf([ann.userId], now + 5_000, { consistent: true })).toMatchObject([
      { connections: [], lastSeenAt: now + 5_000 },
    ]);
  });
});

describe('a revoked login', () => {
  test('can’t connect, while the user’s other logins can', async () => {
    const ann = await somebody();
    const [kept, first, second] = [await ann.logIn(), await ann.logIn(), await ann.logIn()];
    expect(await ann.open(kept)).toBe('connected');
    for (const familyId of [first, second]) expect(await ann.revoke(familyId)).toEqual([]);
    for (const familyId of [first, second]) expect(await ann.open(familyId)).toBe('refused');
    expect(await ann.open(kept)).toBe('connected');
    expect(await ann.revoke(kept)).toHaveLength(2);
    expect(await ann.open(kept)).toBe('refused');
  });

  test('leaves no trace in the row but the last one, however many there are', async () => {
    const ann = await somebody();
    const size = async () => JSON.stringify(await ann.row()).length;
    await ann.revoke(uuidv7());
    const before = await size();
    for (let i = 0; i < 50; i++) await ann.revoke(uuidv7(), now + i);
    expect(await size()).toBe(before);
    expect(await ann.open(await ann.logIn())).toBe('connected');
  });

  test('never keeps a connection that opens at the same time: it is refused, or among those to close', async () => {
    for (let i = 0; i < 20; i++) {
      const ann = await somebody();
      const [familyId, other] = [await ann.logIn(), await ann.logIn()];
      const [outcome, toClose] = await Promise.all([ann.open(familyId), ann.revoke(familyId), ann.revoke(other)]);
      expect(toClose).toHaveLength(outcome === 'connected' ? 1 : 0);
    }
  });
});
