import { type Person, register } from './person.ts';
import { percentile, type Row } from './rows.ts';
import type { BenchStack } from './stack.ts';

const pairs = 20;
const seconds = 10;
const text = 'x'.repeat(200);

/**
 * Measures messages through the whole stack, from the sender's `send` to the frame at the recipient's socket. Clients, gateway,
 * functions and database share one machine, so the numbers compare versions of the code and say nothing about AWS.
 */
export async function measureThroughput(stack: BenchStack): Promise<Row[]> {
  const senders: Sender[] = [];
  for (let i = 0; i < pairs; i++) senders.push(await startSender(stack, i));
  await run(senders, 2);

  const quiet = await run(senders.slice(0, 1), seconds / 2, 50);
  const busy = await run(senders, seconds);
  return [
    ...rows('1 conversation, a message every 50 ms', quiet),
    ...rows(`${pairs} conversations, each message after the ack of the one before`, busy),
  ];
}

type Sender = (until: number, pauseMs: number) => Promise<number[]>;

interface Run {
  readonly seconds: number;
  readonly latencies: readonly number[];
}

/** Creates two users in a conversation. The returned function sends for a while, and returns each message's latency in ms. */
async function startSender(stack: BenchStack, index: number): Promise<Sender> {
  const ann: Person = await register(stack, `ann${index}`);
  const bob: Person = await register(stack, `bob${index}`);
  await ann.connect();
  await bob.connect();
  const conversationId = await ann.talkTo([bob]);

  return async (until, pauseMs) => {
    const latencies: number[] = [];
    while (performance.now() < until) {
      const received = Promise.withResolvers<number>();
      bob.onEvent = (event) => {
        if (event.type === 'message') received.resolve(performance.now());
      };
      const sentAt = performance.now();
      await ann.send(conversationId, text);
      latencies.push((await received.promise) - sentAt);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    return latencies;
  };
}

async function run(senders: readonly Sender[], seconds: number, pauseMs = 0): Promise<Run> {
  const start = performance.now();
  const latencies = await Promise.all(senders.map((send) => send(start + seconds * 1000, pauseMs)));
  return { seconds: (performance.now() - start) / 1000, latencies: latencies.flat() };
}

function rows(group: string, { seconds, latencies }: Run): Row[] {
  return [
    { group, name: 'throughput', value: latencies.length / seconds, unit: 'messages/s' },
    { group, name: 'send to receipt, p50', value: percentile(latencies, 50), unit: 'ms' },
    { group, name: 'send to receipt, p99', value: percentile(latencies, 99), unit: 'ms' },
  ];
}
