import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Change, MessageChange } from '#core/conversations/change.ts';
import { createRecentCache, type RecentCache, readRecent } from '#core/messages/recent.ts';

const conversationId = 'room';

/** A conversation whose stored changes are modified as in the table: in place, together with a change of a higher `seq`. */
function room() {
  const rows: Change[] = [];
  let calls = 0;
  const next = () => ({ conversationId, seq: rows.length + 1, n: 0 });
  const at = (seq: number) => rows[seq - 1];
  return {
    get seq() {
      return rows.length;
    },
    get calls() {
      return calls;
    },
    send(text: string): void {
      const ids = { senderId: 'ann', clientId: `${rows.length}` };
      rows.push({ ...next(), ...ids, type: 'message', text, replyTo: null, sentAt: 0 });
    },
    edit(target: number): void {
      const row = at(target);
      if (row?.type !== 'message') return;
      rows[target - 1] = { ...row, text: `${row.text}, edited`, updatedSeq: rows.length + 1 } satisfies MessageChange;
      rows.push({ ...next(), type: 'edited', target, by: 'ann', at: 0 });
    },
    erase(): void {
      for (const [i, row] of rows.entries()) if (row.type === 'message') rows[i] = { ...row, text: '' };
      rows.push({ ...next(), type: 'member', userId: 'ann', change: 'erased', by: 'ann' });
    },
    rename(): void {
      rows.push({ ...next(), type: 'conversation', name: 'else' });
    },
    /** Adds a message that has its number but isn't stored yet. */
    lose(seq: number): () => void {
      const row = at(seq);
      delete rows[seq - 1];
      return () => {
        if (row) rows[seq - 1] = row;
      };
    },
    reader: {
      range: async (_: string, first: number, last: number) => {
        calls++;
        return rows.slice(first - 1, last).filter((row) => row !== undefined);
      },
      seal: () => Promise.reject(new Error('nothing is sealed here')),
    },
  };
}

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('send' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('edit' as const), at: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('erase' as const, 'rename' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      back: fc.nat(8),
      length: fc.integer({ min: 1, max: 30 }),
    }),
  },
);

const broken: RecentCache = {
  get: () => {
    throw new Error('the cache is broken');
  },
  set: () => {
    throw new Error('the cache is broken');
  },
};

test.each([
  ['works', () => createRecentCache(1_000_000)],
  ['is nearly full', () => createRecentCache(900)],
  ['has no room at all', () => createRecentCache(0)],
  ['forgets at once', () => ({ get: () => undefined, set: () => undefined })],
  ['can only be written', () => ({ ...broken, set: () => undefined })],
  ['can only be read', () => ({ get: () => undefined, set: broken.set })],
  ['fails', () => broken],
])('with a cache that %s every answer is the table’s', async (_, makeCache) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const cache = makeCache();
      const world = room();
      for (const [i, one] of steps.entries()) {
        if (one.do === 'send') world.send(`message ${i}`);
        else if (one.do === 'edit') world.edit(1 + (one.at % Math.max(1, world.seq)));
        else if (one.do !== 'read') world[one.do]();
        else {
          const last = world.seq - one.back;
          const first = Math.max(1, last - one.length + 1);
          if (last < 1) continue;
          const cached = readRecent(world.reader, cache, world.seq, () => undefined);
          expect(await cached.range(conversationId, first, last)).toEqual(
            await world.reader.range(conversationId, first, last),
          );
        }
      }
    }),
    { numRuns: 150 },
  );
});

function counted(world: ReturnType<typeof room>, cache: RecentCache) {
  const counts = { hit: 0, miss: 0, failed: 0 };
  const read = (first: number, last: number) =>
    readRecent(world.reader, cache, world.seq, (what) => void counts[what]++).range(conversationId, first, last);
  return { counts, read };
}

test('what is kept is read without the table, and brought up to date by the changes since', async () => {
  const world = room();
  for (let i = 0; i < 60; i++) world.send(`${i}`);
  const { counts, read } = counted(world, createRecentCache(1_000_000));
  await read(10, 60);
  expect(world.calls).toBe(1);
  for (const [first, last] of [
    [10, 60],
    [40, 50],
    [60, 60],
  ] as const)
    await read(first, last);
  expect(world.calls).toBe(1);
  world.send('new');
  expect(await read(11, 61)).toHaveLength(51);
  expect(world.calls).toBe(2);
  expect(counts).toEqual({ hit: 4, miss: 1, failed: 0 });
});

test('a page with a hole is not kept: what is missing may still come', async () => {
  const world = room();
  for (let i = 0; i < 5; i++) world.send(`${i}`);
  const { read } = counted(world, createRecentCache(1_000_000));
  const arrive = world.lose(4);
  expect(await read(1, 5)).toHaveLength(4);
  arrive();
  expect((await read(1, 5)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
});

test('a failing cache is counted', async () => {
  const world = room();
  world.send('hello');
  const { counts, read } = counted(world, broken);
  await read(1, 1);
  expect(counts).toEqual({ hit: 0, miss: 1, failed: 2 });
});

test('the cache holds no more bytes than it may, and loses first what was used least lately', () => {
  const recent = { seq: 1, changes: [] };
  const bytes = JSON.stringify(recent).length;
  const cache = createRecentCache(2 * bytes);
  cache.set('a', recent);
  cache.set('b', recent);
  cache.get('a');
  cache.set('c', recent);
  expect(['a', 'b', 'c'].filter((id) => cache.get(id))).toEqual(['a', 'c']);
  cache.set('a', recent);
  expect(cache.size).toBe(2 * bytes);
});
