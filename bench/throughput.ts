import { setTimeout as sleep } from 'node:timers/promises';
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

  const steady = await atRate(senders[0], seconds, 20);
  const busy = await run(senders, seconds);
  return [
    ...rows('1 conversation, 20 messages/s whatever comes back', steady),
    ...rows(`${pairs} conversations, each message after the ack of the one before`, busy),
  ];
}

interface Sender {
  /** Sends a message. Returns when it was received, in ms of `performance.now()`. */
  send(): Promise<number>;
}

interface Run {
  readonly seconds: number;
  readonly latencies: readonly number[];
}

/** Creates two users in a conversation, of which one sends to the other. */
async function startSender(stack: BenchStack, index: number): Promise<Sender> {
  const ann: Person = await register(stack, `ann${index}`);
  const bob: Person = await register(stack, `bob${index}`);
  await ann.connect();
  await bob.connect();
  const conversationId = await ann.talkTo([bob]);
  const waiting = new Map<string, (at: number) => void>();
  bob.onEvent = (event) => {
    if (event.type === 'message') waiting.get(event.message.text)?.(performance.now());
  };
  let sent = 0;
  return {
    async send() {
      sent += 1;
      const marked = `${sent} `.padEnd(text.length, 'x');
      const received = new Promise<number>((resolve) => waiting.set(marked, resolve));
      await ann.send(conversationId, marked);
      const at = await received;
      waiting.delete(marked);
      return at;
    },
  };
}

/** Each sends its next message when the one before was received. */
async function run(senders: readonly Sender[], seconds: number): Promise<Run> {
  const start = performance.now();
  const latencies = await Promise.all(
    senders.map(async ({ send }) => {
      const own: number[] = [];
      for (let at = performance.now(); at < start + seconds * 1_000; ) {
        const before = at;
        at = await send();
        own.push(at - before);
      }
      return own;
    }),
  );
  return { seconds: (performance.now() - start) / 1_000, latencies: latencies.flat() };
}

/** An open loop: a message is due at its time whatever became of those before, and latency counts from then. */
async function atRate(sender: Sender | undefined, seconds: number, perSecond: number): Promise<Run> {
  const start = performance.now();
  const sending: Promise<number>[] = [];
  for (let i = 0; i < seconds * perSecond; i++) {
    const due = start + (i * 1_000) / perSecond;
    await sleep(Math.max(0, due - performance.now()));
    if (sender) sending.push(sender.send().then((at) => at - due));
  }
  const latencies = await Promise.all(sending);
  return { seconds: (performance.now() - start) / 1_000, latencies };
}

function rows(group: string, { seconds, latencies }: Run): Row[] {
  return [
    { group, name: 'throughput', value: latencies.length / seconds, unit: 'messages/s' },
    { group, name: 'send to receipt, p50', value: percentile(latencies, 50), unit: 'ms' },
    { group, name: 'send to receipt, p99', value: percentile(latencies, 99), unit: 'ms' },
  ];
}
