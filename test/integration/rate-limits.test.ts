import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRateLimits } from '#adapters/dynamo/connections/rate-limits.ts';
import { newSession } from '#adapters/dynamo/connections/sessions.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { connectionsTable, ok, startChatTables } from '#test/helpers/chat.ts';

const rates = {
  revisions: { perSecond: 10, burst: 3 },
  conversations: { perSecond: 1, burst: 5 },
  directs: { perSecond: 1, burst: 5 },
  membersAdded: { perSecond: 100, burst: 1_000 },
  searches: { perSecond: 1, burst: 1 },
  profiles: { perSecond: 1, burst: 1 },
};

let tables: Awaited<ReturnType<typeof startChatTables>>;
beforeAll(async () => {
  tables = await startChatTables();
});
afterAll(() => tables.stop());

async function someone() {
  const connections = createTable(tables.client, connectionsTable.TableName);
  const userId = uuidv7();
  await connections.put(newSession(userId));
  const allow = createRateLimits(connections, rates);
  return {
    allow: (cost: Parameters<typeof allow>[1], now: number) => allow(userId, cost, now),
    stranger: (now: number) => allow(uuidv7(), { searches: 1 }, now),
  };
}

const now = Date.UTC(2031, 5);

test('a person gets what is in the bucket, and is told when there is more', async () => {
  const { allow } = await someone();
  for (let i = 0; i < 3; i++) ok(await allow({ revisions: 1 }, now));
  expect(await allow({ revisions: 1 }, now)).toMatchObject({ error: { code: 'rate_limited', retryAfterMs: 100 } });
  ok(await allow({ searches: 1 }, now));
  ok(await allow({ revisions: 1 }, now + 100));
  expect(await allow({ revisions: 1 }, now + 100)).toHaveProperty('error');
});

test('what costs from several buckets is taken from all or none', async () => {
  const { allow } = await someone();
  ok(await allow({ conversations: 1, membersAdded: 600 }, now));
  expect(await allow({ conversations: 1, membersAdded: 600 }, now)).toMatchObject({ error: { retryAfterMs: 2_000 } });
  for (let i = 0; i < 4; i++) ok(await allow({ conversations: 1 }, now));
  ok(await allow({ membersAdded: 400 }, now));
  expect(await allow({ membersAdded: 1 }, now)).toMatchObject({ error: { retryAfterMs: 10 } });
});

test('requests at once get no more than those one after the other', async () => {
  const { allow } = await someone();
  const results = await Promise.all(Array.from({ length: 10 }, () => allow({ revisions: 1 }, now)));
  expect(results.filter((result) => 'ok' in result)).toHaveLength(3);
});

test('a function whose clock is minutes ahead locks nobody out, and small differences of clocks fill no bucket', async () => {
  const { allow } = await someone();
  ok(await allow({ revisions: 1 }, now + 600_000));
  for (let i = 0; i < 3; i++) ok(await allow({ revisions: 1 }, now));
  for (const behind of [0, 10, 59_000])
    expect(await allow({ revisions: 1 }, now - behind)).toMatchObject({ error: { code: 'rate_limited' } });
});

test('whoever is not there may do nothing', async () => {
  const { stranger } = await someone();
  expect(await stranger(now)).toMatchObject({ error: { code: 'unauthorized' } });
});
