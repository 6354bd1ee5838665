import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { crowd, type Guest, join } from './crowd.ts';
import type { News, Order } from './listeners.ts';
import { type Person, register } from './person.ts';
import { percentile, type Row } from './rows.ts';
import type { BenchStack } from './stack.ts';

/** As long as a typical message. With 400 characters, 50 a second would be more than a frame of 32 KB in each turn of a large room. */
const text = 'x'.repeat(100);
const seconds = 5;
/** How many members a group is created with. */
const founders = 110;
/** How long a burst of messages may take to reach every socket, in ms. */
const patience = 90_000;

/**
 * Measures rooms whose members have one socket each: frames and CPU time per delivery of a message to a socket, and the time until all
 * sockets have it.
 */
export async function measureRooms(stack: BenchStack, sizes: readonly number[] = [1_000, 10_000]): Promise<Row[]> {
  const host = await register(stack, 'host');
  const guests = await crowd(stack, host, Math.max(...sizes) - 1);
  await host.connect();
  const listeners = startListeners(stack.wsUrl);
  const rows: Row[] = [];
  try {
    for (const [i, size] of sizes.entries()) {
      const members = guests.slice(0, size - 1);
      const conversationId = await roomOf(stack, host, members);
      await listeners.open(guests.slice((sizes[i - 1] ?? 1) - 1, size - 1));
      // The members get an event for each member who was added after them.
      await quiet(stack);
      await send(host, listeners, conversationId, { messages: 1, rate: 1 }); // This warms up.
      for (const rate of [1, 50]) rows.push(...(await burst(stack, host, listeners, { conversationId, size, rate })));
    }
  } finally {
    listeners.stop();
  }
  return rows;
}

/** Adds enough members through the API that the group becomes a large one, and writes the others to the table. */
async function roomOf(stack: BenchStack, host: Person, members: readonly Guest[]): Promise<string> {
  const conversationId = await host.talkTo(members.slice(0, founders));
  await join(stack, conversationId, members.slice(founders));
  return conversationId;
}

type Listeners = ReturnType<typeof startListeners>;

function startListeners(wsUrl: string) {
  const child = fork(new URL('listeners.ts', import.meta.url), [wsUrl]);
  const died = once(child, 'exit').then(() => Promise.reject(new Error('The listeners have died.')));
  died.catch(() => {});
  const order = (message: Order) => child.send(message);
  let onNews = (_: News): void => {};
  child.on('message', (news: News) => onNews(news));

  return {
    async open(guests: readonly Guest[]): Promise<void> {
      const opened = new Promise<void>((resolve) => {
        onNews = () => resolve();
      });
      order({ open: guests.map(({ token }) => token) });
      await Promise.race([opened, died]);
    },

    /**
     * Starts to count. `all` resolves to the time at which all sockets had each message, by its `seq`, and to the number of frames that
     * brought them.
     */
    count() {
      const at = new Map<number, number>();
      let frames = 0;
      let onArrival = (): void => {};
      onNews = (news) => {
        if (!('seq' in news)) return;
        at.set(news.seq, news.at);
        frames = news.frames;
        onArrival();
      };
      order('count');
      return async function all(messages: number) {
        const arrived = new Promise<void>((resolve) => {
          onArrival = () => at.size >= messages && resolve();
          onArrival();
        });
        const late = sleep(patience, undefined, { ref: false }).then(() => {
          throw new Error(`All have got ${at.size} of ${messages} messages in ${patience} ms`);
        });
        await Promise.race([arrived, died, late]);
        return { at, frames };
      };
    },

    stop(): void {
      child.removeAllListeners('exit');
      child.disconnect();
    },
  };
}

async function burst(
  stack: BenchStack,
  host: Person,
  listeners: Listeners,
  { conversationId, size, rate }: { conversationId: string; size: number; rate: number },
): Promise<Row[]> {
  const messages = rate * seconds;
  const before = await stack.usage();
  const { delays, frames, ms } = await send(host, listeners, conversationId, { messages, rate });
  const after = await stack.usage();
  const deliveries = messages * (size - 1);
  const group = `A room of ${size} members with a socket each, ${rate} messages/s`;
  return [
    { group, name: 'frames per delivery', value: frames / deliveries, unit: '' },
    { group, name: 'posts', value: (1_000 * frames) / ms, unit: '1/s' },
    {
      group,
      name: 'CPU of the functions per delivery',
      value: (1_000 * (after.functionCpuMs - before.functionCpuMs)) / deliveries,
      unit: 'µs',
    },
    { group, name: 'until all have it, p50', value: percentile(delays, 50), unit: 'ms' },
    { group, name: 'until all have it, p95', value: percentile(delays, 95), unit: 'ms' },
  ];
}

/** Sends messages. Returns how long each took to reach all sockets, the number of frames that brought them, and for how long, in ms. */
async function send(
  host: Person,
  listeners: Listeners,
  conversationId: string,
  { messages, rate }: { messages: number; rate: number },
) {
  const all = listeners.count();
  const sentAt = new Map<number, number>();
  const start = Date.now();
  for (let i = 0; i < messages; i++) {
    await sleep(Math.max(0, start + (i * 1_000) / rate - Date.now()));
    const at = Date.now();
    sentAt.set((await host.send(conversationId, text)).seq, at);
  }
  const { at, frames } = await all(messages);
  const delays = [...sentAt].map(([seq, sent]) => (at.get(seq) ?? Number.NaN) - sent);
  return { delays, frames, ms: Math.max(...at.values()) - start };
}

/** Waits until no function is running any more. */
async function quiet(stack: BenchStack): Promise<void> {
  for (let before = -1, now = 0; now !== before; await sleep(2_000)) {
    before = now;
    now = (await stack.usage()).invocations;
  }
}
