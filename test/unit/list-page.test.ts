import { expect, test } from 'vitest';
import { byActivity } from '#core/sync/conversation-view.ts';
import { listPage } from '#core/sync/list-page.ts';

interface Entry {
  id: string;
  lastActivityAt: number;
}

/** Conversations of which each was active a minute after the one before, at last at 0. */
const entries = (count: number, apartMs = 60_000): Entry[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `id-${String(i).padStart(4, '0')}`,
    lastActivityAt: -i * apartMs,
  }));

/** Reads all pages. `meanwhile` runs after each of them, and may change the entries. */
function readAll(own: Entry[], limit: number, meanwhile: (page: number) => void = () => undefined): string[] {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page <= own.length * 2; page++) {
    const sorted = own.toSorted(byActivity);
    const answer = listPage(sorted, { limit, cursor });
    if ('error' in answer) throw new Error(answer.error.message);
    expect(answer.ok.page.length).toBeLessThanOrEqual(limit);
    ids.push(...answer.ok.page.map(({ id }) => id));
    if (answer.ok.nextCursor === null) return ids;
    expect(answer.ok.nextCursor.length).toBeLessThanOrEqual(1_024);
    cursor = answer.ok.nextCursor;
    meanwhile(page);
  }
  throw new Error('The list has no end.');
}

test.for([
  ['far apart', 60_000],
  ['within seconds', 50],
  ['at the same time', 0],
] as const)('has each conversation once if none moves: active %s', ([, apartMs]) => {
  const own = entries(123, apartMs);
  expect(readAll(own, 10)).toHaveLength(123);
  expect(new Set(readAll(own, 10))).toHaveLength(123);
});

test('has a conversation that moved to the front before its page came, at the end, and no other twice', () => {
  const own = entries(30);
  const ids = readAll(own, 10, (page) => {
    const moving = own[25];
    if (page === 0 && moving) moving.lastActivityAt = 1;
  });
  expect(ids).toHaveLength(30);
  expect(ids.at(-1)).toBe('id-0025');
});

test('has one that moved by a message whose time is older than the newest of the first page', () => {
  const own = entries(30);
  const ids = readAll(own, 10, (page) => {
    const moving = own[25];
    if (page === 0 && moving) moving.lastActivityAt = -5;
  });
  expect(ids.filter((id) => id === 'id-0025')).toHaveLength(1);
});

test('has every conversation, whichever move while it is read', () => {
  let state = 7;
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % below;
  };
  for (let run = 0; run < 200; run++) {
    const own = entries(1 + random(60), [0, 30, 3_000, 60_000][random(4)]);
    let now = 0;
    const ids = readAll(own, 1 + random(12), () => {
      for (let moves = random(6); moves > 0; moves--) {
        const moving = own[random(own.length)];
        now += random(40);
        // The clocks of functions differ, and a write takes its time.
        if (moving) moving.lastActivityAt = now - random(20);
      }
    });
    expect(new Set(ids)).toEqual(new Set(own.map(({ id }) => id)));
  }
});

test('ends, however much moves', () => {
  const own = entries(50);
  let now = 0;
  const ids = readAll(own, 5, () => {
    for (const entry of own) entry.lastActivityAt = ++now;
  });
  expect(new Set(ids)).toHaveLength(50);
});

test.for(['', 'x', Buffer.from('{}').toString('base64url'), Buffer.from('null').toString('base64url')])(
  'refuses %j as a cursor',
  (cursor) => {
    expect(listPage(entries(3), { limit: 1, cursor })).toMatchObject({ error: { code: 'bad_request' } });
  },
);
