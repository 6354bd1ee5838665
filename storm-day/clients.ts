/** A process with clients: `fork(…, [name, httpUrl, wsUrl, historyFile])`. Its parent sends it orders. */
import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { patiently } from '#loadtest/users.ts';
import { Recorder } from '#workload/recorder.ts';
import { Client } from './client.ts';
import { Histogram } from './histogram.ts';
import { Meter } from './meter.ts';
import type { Answers, News, Order, OrderName, Orders, Stream } from './orders.ts';

const [name = '', httpUrl = '', wsUrl = '', historyFile = ''] = process.argv.slice(2);
const history = fs.createWriteStream(historyFile);
const recorder = new Recorder({ name, write: (line) => history.write(`${line}\n`) });
const meter = new Meter();
const clients: Client[] = [];
const tell = (news: News) => process.send?.(news);

/** Registrations and reads of a process that go on at the same time. More would only start more functions. */
const atOnce = 4;

const perform: { [N in OrderName]: (value: Orders[N]) => Promise<Answers[N]> } = {
  async register({ people }) {
    const place = { httpUrl, wsUrl, recorder, meter };
    await inParallel(Array.from({ length: people }).keys(), async (i) => {
      clients[i] = await Client.register(`${name}-${i}`, place);
    });
    setInterval(() => tell({ second: meter.take(Date.now(), offline()) }), 1_000);
    return clients.map(({ id }) => id);
  },

  async create({ owner, memberIds }) {
    const kind =
      memberIds.length === 1 ? ({ type: 'direct' } as const) : ({ type: 'group', name: 'Storm day' } as const);
    const { api } = one(owner);
    // A request may name a thousand. These are fewer, so that a slow machine has an answer in time.
    const first = memberIds.slice(0, 200);
    const { id } = await patiently('creating', () => api.createConversation({ ...kind, memberIds: first }));
    for (let i = 200; i < memberIds.length; i += 200)
      await patiently('adding', () => api.addMembers(id, memberIds.slice(i, i + 200)));
    return id;
  },

  async connect({ perSecond }) {
    const connectMs = new Histogram();
    const startedAt = Date.now();
    await Promise.all(
      clients.map(async (client, i) => {
        const dueAt = startedAt + (i * 1_000) / perSecond;
        await sleep(Math.max(0, dueAt - Date.now()));
        await client.chat.open();
        await until(() => client.isOnline, 60_000);
        connectMs.add(Date.now() - dueAt);
      }),
    );
    return { connectMs: connectMs.buckets };
  },

  async talk({ streams }) {
    const ending = new AbortController();
    hush = () => ending.abort();
    for (const stream of streams) void talk(stream, ending.signal);
    return {};
  },

  async hush() {
    hush();
    return {};
  },

  async loseSockets({ perSecond }) {
    clearInterval(losses);
    const cut = () => clients[Math.floor(Math.random() * clients.length)]?.loseSocket();
    if (perSecond > 0) losses = setInterval(cut, 1_000 / perSecond);
    return {};
  },

  async settle({ patienceMs }) {
    const unanswered = () => clients.reduce((sum, { chat }) => sum + chat.outbox.entries.length, 0);
    const deadline = Date.now() + patienceMs;
    await until(() => unanswered() === 0 && offline() === 0, patienceMs);
    await until(() => behind().length === 0, Math.min(3_000, deadline - Date.now()));
    // A client that lost the last push learns of it with the next one, or when it comes back. Here it comes back now.
    const asked = behind();
    for (const { chat } of asked) void chat.conversations.catchUp();
    await until(() => behind().length === 0, deadline - Date.now());
    return { unanswered: unanswered(), behind: behind().length, asked: asked.length };
  },

  async read({ readers }) {
    recorder.quiet();
    await inParallel(clients.slice(0, readers).values(), async (client) => {
      for (const { id } of client.chat.conversations.all) await client.readAll(id);
    });
    return {};
  },

  async stop() {
    for (const { chat } of clients) chat.close();
    await new Promise<void>((resolve) => history.end(resolve));
    return {};
  },
};

let hush = (): void => {};
let losses: NodeJS.Timeout | undefined;

async function talk({ conversationId, writers, perSecond }: Stream, end: AbortSignal): Promise<void> {
  const gap = () => (-Math.log(1 - Math.random()) * 1_000) / perSecond;
  let turn = 0;
  for (let dueAt = Date.now() + gap(); ; dueAt += gap()) {
    await sleep(Math.max(0, dueAt - Date.now()));
    if (end.aborted) return;
    one(writers[turn++ % writers.length] ?? 0).send(conversationId, Math.round(dueAt));
  }
}

function one(index: number): Client {
  const client = clients[index];
  if (!client) throw new Error(`There is no client ${index}`);
  return client;
}

const offline = () => clients.filter(({ chat }) => chat.connection !== 'online').length;

/** The clients that lack what another client of this process has. */
function behind(): Client[] {
  const newest = new Map<string, number>();
  for (const { chat } of clients)
    for (const { id, lastSeq } of chat.conversations.all) newest.set(id, Math.max(lastSeq, newest.get(id) ?? 0));
  return clients.filter(({ chat }) =>
    chat.conversations.all.some(({ id, lastSeq }) => lastSeq < (newest.get(id) ?? 0)),
  );
}

async function until(isSo: () => boolean, patienceMs: number): Promise<void> {
  for (const deadline = Date.now() + patienceMs; !isSo() && Date.now() < deadline; ) await sleep(100);
}

async function inParallel<T>(items: Iterator<T> & Iterable<T>, run: (item: T) => Promise<void>): Promise<void> {
  const work = async () => {
    for (const item of items) await run(item);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function obey<N extends OrderName>(order: N, value: Orders[N], number: number): Promise<void> {
  try {
    tell({ number, ok: await perform[order](value) });
  } catch (error) {
    tell({ number, error: error instanceof Error ? error.message : String(error) });
  }
}

process.on('message', (order: Order) => void obey(order.name, order.value, order.number));
process.once('disconnect', () => process.exit());
