import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createConnect } from '#adapters/dynamo/connections/connect.ts';
import { createSessions, newSession, type Sessions } from '#adapters/dynamo/connections/sessions.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import type { Delivery } from '#adapters/queues/deliveries.ts';
import { createDelivery, type WhenDone } from '#adapters/sockets/delivery.ts';
import { createPoster } from '#adapters/sockets/poster.ts';
import { afterAnswer } from '#lambdas/kit/after-answer.ts';
import type { Event } from '#protocol/events.ts';
import { connectionsTable, startChatTables } from '#test/helpers/chat.ts';

let tables: Awaited<ReturnType<typeof startChatTables>>;
let sessions: Sessions;
beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local').stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  tables = await startChatTables();
  sessions = createSessions(createTable(tables.client, connectionsTable.TableName));
});
afterAll(() => tables.stop());

const typing: Event = { type: 'typing', conversationId: 'c', userId: 'u', typing: true };
const connection = (id: string) => ({ userId: `user of ${id}`, connectionId: id });

type Removal = Pick<Sessions, 'remove'>;

/** A delivery to a management API that answers as given for each connection, with a queue that the test can read. */
async function start(
  answers: Readonly<Record<string, number>> = {},
  removal: Removal = sessions,
  whenRemoved?: WhenDone,
) {
  const posted: string[] = [];
  const server = createServer((request, response) => {
    const id = decodeURIComponent(request.url?.split('/').at(-1) ?? '');
    posted.push(id);
    request.resume().on('end', () => response.writeHead(answers[id] ?? 200).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const poster = createPoster({ endpoint: `http://127.0.0.1:${port}/ws`, region: 'eu-west-1' });
  const queued: Delivery[] = [];
  const delivery = createDelivery(
    poster,
    removal,
    async (one) => void (one.connections.length && queued.push(one)),
    whenRemoved,
  );
  return {
    ...delivery,
    queued,
    posted,
    async [Symbol.asyncDispose]() {
      poster.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const cause = { correlationId: 'request', sentAt: 7 };

test('among many, one that is throttled goes to the queue by itself, and one that is gone is forgotten', async () => {
  await using delivery = await start({ b: 429, d: 410 });
  const gone = { ...connection('d'), familyId: 'f' };
  const table = createTable(tables.client, connectionsTable.TableName);
  await table.put(newSession(gone.userId));
  await createConnect(table, { get: async () => undefined })(gone, Date.now() - 120_000);
  const total = await delivery.deliver([typing], ['a', 'b', 'c', 'd', 'e'].map(connection), cause);
  expect(total).toMatchObject({ delivered: 3, gone: 1, failed: 1 });
  expect(delivery.queued).toEqual([
    {
      connections: [connection('b')],
      frame: JSON.stringify({ events: [typing] }),
      tries: 1,
      ...cause,
    },
  ]);
  expect(await sessions.connectionsOf([gone.userId], Date.now())).toEqual([]);
});

/** Twenty dead sockets, whose removals end when the test says so. */
function dead() {
  const ids = Array.from({ length: 20 }, (_, i) => `dead ${i}`);
  const { promise, resolve } = Promise.withResolvers<void>();
  let removing = 0;
  const remove = () => {
    removing++;
    return promise;
  };
  const answers = Object.fromEntries(ids.map((id) => [id, 410]));
  return { connections: ids.map(connection), answers, remove, removing: () => removing, finish: resolve };
}

test('dead sockets are removed together, and who must know waits for it', async () => {
  const { answers, connections, remove, removing, finish } = dead();
  await using delivery = await start(answers, { remove });
  const delivered = delivery.deliver([typing], connections);
  await expect.poll(removing).toBe(20);
  finish();
  expect(await delivered).toMatchObject({ gone: 20 });
});

test('an ack doesn’t wait until dead sockets are removed', async () => {
  const { answers, connections, remove, removing } = dead();
  await using delivery = await start(answers, { remove }, afterAnswer);
  expect(await delivery.deliver([typing], connections)).toMatchObject({ gone: 20 });
  expect(removing()).toBe(20);
});

test('a removal that fails after an ack ends nothing', async () => {
  await using delivery = await start({ a: 410 }, { remove: () => Promise.reject(new Error('throttled')) }, afterAnswer);
  expect(await delivery.deliver([typing], [connection('a')])).toMatchObject({ gone: 1, failed: 0 });
});

test('what is tried from the queue goes back for the connections that failed again, and at last stays in there', async () => {
  await using delivery = await start({ b: 500 });
  const tried = { connections: ['a', 'b'].map(connection), frame: '{}' };
  expect(await delivery.post({ ...tried, tries: 4 })).toMatchObject({ delivered: 1, failed: ['b'], left: false });
  expect(delivery.queued).toEqual([{ connections: [connection('b')], frame: '{}', tries: 5 }]);
  expect(await delivery.post({ ...tried, tries: 5 })).toMatchObject({ failed: ['b'], left: true });
  expect(delivery.queued).toHaveLength(1);
});

test('what is more than one function’s share is left to the posters', async () => {
  await using delivery = await start();
  const everyone = Array.from({ length: 1_100 }, (_, i) => connection(`${i}`));
  expect(await delivery.deliver([typing], everyone)).toEqual({ delivered: 500, gone: 0, failed: 0, requests: 500 });
  expect(delivery.queued.map(({ tries, connections }) => [tries, connections.length])).toEqual([
    [0, 500],
    [0, 100],
  ]);
  const reached = [...delivery.posted, ...delivery.queued.flatMap((one) => one.connections.map((c) => c.connectionId))];
  expect(reached.toSorted()).toEqual(everyone.map(({ connectionId }) => connectionId).toSorted());
});

test('at a pace all is left to the posters when it is due, and of too many frames the last ones', async () => {
  await using delivery = await start();
  const everyone = Array.from({ length: 1_100 }, (_, i) => connection(`${i}`));
  const due: number[] = [];
  const pace = async (posts: number) => {
    expect(delivery.queued).toHaveLength(0);
    due.push(posts);
  };
  const long = Array.from({ length: 6 }, (_, i) => ({ ...typing, conversationId: `${i}${'x'.repeat(20_000)}` }));
  expect(await delivery.deliverPaced(long, everyone, cause, pace)).toBe(2);
  expect(due).toEqual([4_400]);
  expect(delivery.posted).toEqual([]);
  const frames = Map.groupBy(delivery.queued, ({ frame }) => JSON.parse(frame).events[0].conversationId[0]);
  expect([...frames.keys()].toSorted()).toEqual(['2', '3', '4', '5']);
  for (const parts of frames.values())
    expect(parts.map(({ connections }) => connections.length)).toEqual([500, 500, 100]);
  expect(delivery.queued[0]).toMatchObject({ ...cause, paced: true, tries: 0 });
  expect(await delivery.deliverPaced([typing], [], cause, pace)).toBe(0);
  expect(due).toHaveLength(1);
});

test('nobody there costs nothing', async () => {
  await using delivery = await start();
  expect(await delivery.deliver([typing], [])).toEqual({ delivered: 0, gone: 0, failed: 0, requests: 0 });
  expect(delivery.queued).toEqual([]);
});
