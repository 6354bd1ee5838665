import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { prices } from '#lib/prices.ts';
import { bearerPrefix, subprotocol } from '#protocol/frames.ts';
import { BaselineOutputs, talk } from './baseline/index.ts';
import { crowd } from './crowd.ts';
import { register } from './person.ts';
import type { Row } from './rows.ts';
import { settled } from './settled.ts';
import { type BenchProcess, type BenchStack, type Usage, withProcess, withStack } from './stack.ts';

/** What a message costs in a room, on average. */
export interface Price {
  readonly members: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly invocations: number;
  readonly posts: number;
  /** CPU of the functions per delivery, in µs of this machine. */
  readonly cpuPerDelivery: number;
  readonly dollarsPerMillionDeliveries: number;
}

const sizes = [2, 8, 50, 1_000] as const;
/** Messages that warm up, and as many that are measured. Each is sent alone, so nothing is gathered but what always is. */
const runsOf = (members: number) => (members > 100 ? 5 : 20);
const pauseMs = 150;
const text = 'x'.repeat(100);
/** The memory of the functions that send, in GiB (`lib/capabilities/messaging.ts`); the baseline's has as much. */
const memoryGib = 1;

type Send = () => Promise<unknown>;

/** Measures what a message costs in rooms whose members have a socket each, and the same in the pattern of the samples. */
export async function measurePrices(assemblyDir: string, baselineDir: string) {
  return {
    storm: await withStack(assemblyDir, { counted: true }, pricesOfStorm),
    baseline: await withProcess(baselineDir, { counted: true }, pricesOfBaseline),
  };
}

async function pricesOfStorm(stack: BenchStack): Promise<Price[]> {
  const host = await register(stack, 'host');
  const guests = await crowd(stack, host, Math.max(...sizes) - 1);
  await host.connect();
  const open = async (tokens: readonly string[]) => {
    for (const token of tokens) await again(() => openSocket(stack.wsUrl, token));
  };
  await inParts(
    guests.map(({ token }) => token),
    open,
  );
  const found: Price[] = [];
  for (const size of sizes) {
    const ids = guests.slice(0, size - 1).map(({ id }) => ({ id }));
    const conversationId = await host.talkTo(ids.slice(0, 200));
    for (let i = 200; i < ids.length; i += 200) {
      const userIds = ids.slice(i, i + 200).map(({ id }) => id);
      await host.call('POST', `/conversations/${conversationId}/members`, { userIds });
    }
    found.push(await priceOf(stack, size, () => host.send(conversationId, text)));
  }
  return found;
}

async function pricesOfBaseline(stack: BenchProcess): Promise<Price[]> {
  const { WsUrl } = BaselineOutputs.parse(stack.outputs).Baseline;
  const found: Price[] = [];
  for (const size of sizes) {
    const room = `room-${size}`;
    const sender = await again(() => talk(WsUrl, room));
    await inParts(
      Array.from({ length: size - 1 }, (_, i) => i),
      async (part) => {
        for (const _ of part) await again(() => talk(WsUrl, room));
      },
    );
    found.push(await priceOf(stack, size, () => sender.send(text)));
  }
  return found;
}

async function priceOf(stack: BenchProcess, members: number, send: Send): Promise<Price> {
  const runs = runsOf(members);
  const sendAll = async () => {
    for (let i = 0; i < runs; i++) await Promise.all([send(), sleep(pauseMs)]);
    await settled(stack);
  };
  await sendAll();
  const before = await stack.usage();
  await sendAll();
  const after = await stack.usage();
  const of = (key: keyof Usage) => (after[key] - before[key]) / runs;
  const round = (value: number) => Number(value.toPrecision(4));
  return {
    members,
    writeUnits: round(of('writeUnits')),
    readUnits: round(of('readUnits')),
    invocations: round(of('invocations')),
    posts: round(of('managementCalls')),
    cpuPerDelivery: round((of('functionCpuMs') * 1_000) / (members - 1)),
    dollarsPerMillionDeliveries: round((dollarsOf(of, 2) * 1e6) / (members - 1)),
  };
}

/**
 * What a use of the functions costs at list prices, with so many frames between clients and API Gateway besides the posts (for a message: itself and
 * its answer).
 */
export function dollarsOf(of: (key: keyof Usage) => number, frames: number): number {
  return (
    (frames + of('managementCalls')) * prices.webSocketMessage +
    of('invocations') * prices.lambdaRequest +
    (of('functionMs') / 1_000) * memoryGib * prices.lambdaGbSecond +
    of('writeUnits') * prices.writeUnit +
    of('readUnits') * prices.readUnit
  );
}

/** The same as rows, a group for each size of a room. */
export function priceRows(measured: Awaited<ReturnType<typeof measurePrices>>): Row[] {
  const names = { storm: 'STORM', baseline: 'the baseline' } as const;
  const figures = [
    ['write units', 'writeUnits', ''],
    ['read units', 'readUnits', ''],
    ['invocations', 'invocations', ''],
    ['posts', 'posts', ''],
    ['CPU of the functions per delivery', 'cpuPerDelivery', 'µs'],
    ['per million deliveries', 'dollarsPerMillionDeliveries', '$'],
  ] as const;
  return sizes.flatMap((size) =>
    figures.flatMap(([figure, key, unit]) =>
      (['storm', 'baseline'] as const).flatMap((which) =>
        measured[which]
          .filter(({ members }) => members === size)
          .map((price) => ({
            group: `A message in a room of ${size}, sent alone`,
            name: `${names[which]}: ${figure}`,
            value: price[key],
            unit,
          })),
      ),
    ),
  );
}

async function openSocket(wsUrl: string, token: string): Promise<void> {
  const socket = new WebSocket(wsUrl, [subprotocol, bearerPrefix + token], { perMessageDeflate: false });
  await once(socket, 'open');
}

/** Connects, and does so again if it fails: a gateway that is busy may refuse a socket. */
async function again<T>(connect: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await connect();
    } catch (error) {
      if (tries === 10) throw error;
      await sleep(tries * 500);
    }
  }
}

/** Does something with all, four parts at the same time: each more is an environment of the functions that starts. */
async function inParts<T>(all: readonly T[], run: (part: readonly T[]) => Promise<void>): Promise<void> {
  const size = Math.ceil(all.length / 4);
  await Promise.all(Array.from({ length: 4 }, (_, i) => run(all.slice(i * size, (i + 1) * size))));
}
