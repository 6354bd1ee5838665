/** A process with clients: `fork(…, [name, httpUrl, wsUrl, historyFile])`. Its parent sends it orders. */
import { setTimeout as sleep } from 'node:timers/promises';
import { patiently } from '#loadtest/users.ts';
import { Recorder } from '#workload/recorder.ts';
import { Client } from './client.ts';
import { Histogram } from './histogram.ts';
import { LightClient } from './light-client.ts';
import { LineFile } from './line-file.ts';
import { Meter } from './meter.ts';
import type { Answers, News, Order, OrderName, Orders, Stream } from './orders.ts';
import { type Participant, readAll } from './participant.ts';

const [name = '', httpUrl = '', wsUrl = '', historyFile = ''] = process.argv.slice(2);
const history = new LineFile(historyFile);
const meter = new Meter();
const recorder = new Recorder({
  name,
  write(line) {
    history.add(line);
    meter.recorded(line);
  },
});
const clients: Participant[] = [];
const tell = (news: News) => process.send?.(news);

/** Registrations and reads of a process that go on at the same time. More would only start more functions. */
const atOnce = 4;

const perform: { [N in OrderName]: (value: Orders[N]) => Promise<Answers[N]> } = {
  async register({ people, light }) {
    const place = { httpUrl, wsUrl, recorder, meter };
    await inParallel(Array.from({ length: people }).keys(), async (i) => {
      clients[i] = await (light ? LightClient : Client).register(`${name}-${i}`, place);
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
        await client.open();
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
    const unanswered = () => clients.reduce((sum, client) => sum + client.unanswered, 0);
    const deadline = Date.now() + patienceMs;
    await until(() => unanswered() === 0 && offline() === 0, patienceMs);
    await until(() => behind().length === 0, Math.min(3_000, deadline - Date.now()));
    // A client that lost the last push learns of it with the next one, or when it comes back. Here it comes back now.
    const asked = behind();
    for (const client of asked) client.catchUp();
    await until(() => behind().length === 0, deadline - Date.now());
    return { unanswered: unanswered(), behind: behind().length, asked: asked.length };
  },

  async read({ readers }) {
    recorder.quiet();
    await inParallel(clients.slice(0, readers).values(), async (client) => {
      for (const [id] of client.cursors()) await readAll(client.api, id);
    });
    return {};
  },

  async stop() {
    for (const client of clients) client.close();
    history.close();
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
  if (!(client instanceof Client)) throw new Error(`There is no client ${index} that can write`);
  return client;
}

const offline = () => clients.filter(({ isConnected }) => !isConnected).length;

/** The clients that lack what another client of this process has. */
function behind(): Participant[] {
  const newest = new Map<string, number>();
  for (const client of clients)
    for (const [id, seq] of client.cursors()) newest.set(id, Math.max(seq, newest.get(id) ?? 0));
  return clients.filter((client) => client.cursors().some(([id, seq]) => seq < (newest.get(id) ?? 0)));
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
