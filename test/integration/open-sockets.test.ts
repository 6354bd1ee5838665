import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { createOpenSockets } from '#adapters/dynamo/connections/open-sockets.ts';
import { connectionLifeMs, newSession } from '#adapters/dynamo/connections/sessions.ts';
import { startAccountTables, tables } from '#test/helpers/accounts.ts';

let database: Awaited<ReturnType<typeof startAccountTables>>;
beforeAll(async () => {
  database = await startAccountTables();
});
afterAll(() => database?.stop());

const now = Date.UTC(2026, 10, 28);
const people = 400;

/** Adds people with one live socket each, and one whose end was missed. */
async function connectPeople(): Promise<void> {
  const entry = (since: number) => ({ since, familyId: 'login' });
  const connections = { live: entry(now - 1_000), lost: entry(now - connectionLifeMs - 1) };
  await Promise.all(
    Array.from({ length: people }, (_, i) => database.connections.put({ ...newSession(`user ${i}`), connections })),
  );
}

/** A client that says of the table that it has so many MB. */
function saying(megabytes: number): DynamoDb {
  return {
    call(operation, input) {
      if (operation !== 'DescribeTable') return database.client.call(operation, input);
      return JSON.parse(`{"Table":{"TableSizeBytes":${megabytes * 2 ** 20}}}`);
    },
  };
}

test('a small table is counted as it is, without sockets whose end was missed', async () => {
  const openSockets = createOpenSockets(database.client, tables.connections);
  expect(await openSockets(now)).toBe(0);
  await connectPeople();
  expect(await openSockets(now)).toBe(people);
});

test('of a large table each minute counts one part, and all parts together are the whole', async () => {
  const parts = 8;
  const openSockets = createOpenSockets(saying(parts), tables.connections);
  const minutes = await Promise.all(Array.from({ length: parts }, (_, i) => openSockets(now + i * 60_000)));
  expect(minutes.reduce((sum, estimate) => sum + estimate / parts, 0)).toBe(people);
  for (const estimate of minutes) expect(Math.abs(estimate - people)).toBeLessThan(people * 0.8);
});
