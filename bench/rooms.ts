import { setTimeout as sleep } from 'node:timers/promises';
import type { Event } from '../protocol/events.ts';
import { type Person, register } from './person.ts';
import { percentile, type Row } from './rows.ts';
import type { BenchStack } from './stack.ts';

/** Enough for the stream lane; each has several sockets, as this machine can't hash thousands of passwords in a minute. */
const members = 110;
const text = 'x'.repeat(400);
const seconds = 3;

/** A room of many sockets: frames and CPU per delivery of a message to a socket, and how long it takes until all have it. */
export async function measureRooms(stack: BenchStack, sizes: readonly number[] = [1_000, 10_000]): Promise<Row[]> {
  const people: Person[] = [];
  for (let i = 0; i < members; i++) people.push(await register(stack, `guest${i}`));
  const [host, ...guests] = people;
  if (!host) throw new Error('nobody registered');
  await host.connect();
  const conversationId = await host.talkTo(guests);
  // The events of those who were added have come by then.
  await sleep(2_000);

  const room = { frames: 0, arrived: new Map<number, number>(), lastAt: new Map<number, number>() };
  const onEvents = (events: readonly Event[]) => {
    room.frames++;
    for (const event of events) {
      if (event.type !== 'message') continue;
      room.arrived.set(event.seq, (room.arrived.get(event.seq) ?? 0) + 1);
      room.lastAt.set(event.seq, performance.now());
    }
  };

  const rows: Row[] = [];
  let sockets = 0;
  for (const size of sizes) {
    for (; sockets < size; sockets += 50)
      await Promise.all(Array.from({ length: 50 }, (_, i) => guests[(sockets + i) % guests.length]?.listen(onEvents)));
    for (const rate of [1, 50]) rows.push(...(await burst(rate)));
  }
  return rows;

  async function burst(rate: number): Promise<Row[]> {
    room.frames = 0;
    const before = await stack.usage();
    const sentAt = new Map<number, number>();
    const start = performance.now();
    for (let i = 0; i < rate * seconds; i++) {
      await sleep(Math.max(0, start + (i * 1_000) / rate - performance.now()));
      const at = performance.now();
      sentAt.set((await host?.send(conversationId, text))?.seq ?? 0, at);
    }
    const seqs = [...sentAt.keys()];
    for (let waited = 0; seqs.some((seq) => (room.arrived.get(seq) ?? 0) < sockets); waited++) {
      if (waited > 600) throw new Error(`Not everyone has got everything: ${sockets} sockets, ${rate} messages/s`);
      await sleep(100);
    }
    const after = await stack.usage();
    const deliveries = sentAt.size * sockets;
    const delays = seqs.map((seq) => (room.lastAt.get(seq) ?? 0) - (sentAt.get(seq) ?? 0));
    const group = `A room of ${sockets} sockets, ${rate} messages/s`;
    return [
      { group, name: 'frames per delivery', value: room.frames / deliveries, unit: '' },
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
}
