import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DrillStack } from '#drills/stack.ts';
import { findCapacity, type Ladder, type Step } from './capacity.ts';
import { drills, type Outcome, runDrill } from './drills.ts';
import { startEverything } from './everything.ts';
import { Histogram } from './histogram.ts';
import { type Rates, streamsOf } from './load.ts';
import type { Answers } from './orders.ts';
import { prepare } from './stage.ts';
import { Timeline } from './timeline.ts';

const population = { writers: 24, readers: 76, light: 900 };
const small = (rate: number): Rates => ({ direct: rate / 2, group: rate / 2, fifty: 0, room: 0 });
const inRoom = (rate: number): Rates => ({ direct: 0, group: 0, fifty: rate / 80, room: rate });
/** Rates that are tried one after another, until a threshold breaks. */
const ladders = {
  'small conversations': { rates: [5, 10, 20, 40, 80, 160].map(small), deliveryMs: 500 },
  'a room of 1,000': { rates: [1, 2, 4, 8, 16, 32].map(inRoom), deliveryMs: 2_000 },
} satisfies Record<string, Ladder>;
/**
 * The load of small conversations beside the drills, as a share of what the machine bears of them alone. The room needs half of the machine, and when
 * its frames are lost a thousand clients fetch what they miss. With too little left for that, messages wait longer than they come, for ever.
 */
const share = 0.12;
/** In the room so many messages are written in a second. Its turns gather them, so more of them hardly cost more. */
const roomRate = 5;
/** So many deliveries there must be. What the drills leave is made after them, if there is time. */
const deliveriesWanted = 1_010_000;

const steadySeconds = 20;
const connectsPerSecond = 80;

export interface DayOptions {
  readonly assemblyDir: string;
  /** Where the clients write what they saw. */
  readonly folder: string;
  readonly seed: number;
  /** When the load has to end, in ms since 1970. */
  readonly deadline: number;
  readonly say: (line: string) => void;
}

/** Runs the day on a stack of its own, and returns what was measured, and the files with what the clients saw. */
export async function runDay({ assemblyDir, folder, seed, deadline, say }: DayOptions) {
  const stack = await DrillStack.start(assemblyDir);
  const timeline = new Timeline();
  const started: { kill(): void }[] = [];
  const progress = setInterval(() => sayHowItGoes(timeline, say), 10_000);
  try {
    say('Everybody registers');
    const stage = await prepare(stack.url, folder, timeline, population);
    const { hosts, writers } = stage;
    const everything = startEverything(stack.url, path.join(folder, 'everything.jsonl'), seed);
    started.push(...hosts, everything);
    const beganAt = Math.floor(Date.now() / 1_000);
    const phases: { name: string; from: number; to: number }[] = [];
    const phase = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
      say(name);
      const from = Date.now() / 1_000 - beganAt;
      const result = await run();
      phases.push({ name, from: Math.round(from), to: Math.round(Date.now() / 1_000 - beganAt) });
      return result;
    };
    const delivered = () => timeline.between(0, Number.POSITIVE_INFINITY).delivered;

    const connected = await phase('ramp', () =>
      Promise.all(hosts.map((host) => host.ask('connect', { perSecond: connectsPerSecond / hosts.length }))),
    );
    const findIn = (name: keyof typeof ladders) =>
      phase(`more and more in ${name}`, () => findCapacity(stage, timeline, ladders[name]));
    const capacity = {
      'small conversations': await findIn('small conversations'),
      'a room of 1,000': await findIn('a room of 1,000'),
    };
    const load = sum(small(share * borne(capacity['small conversations'])), inRoom(roomRate));
    await writers.ask('talk', { streams: streamsOf(load, stage) });
    await phase('steady load', () => sleep(steadySeconds * 1_000));
    const { from, to } = phases.at(-1) ?? { from: 0, to: 0 };
    const steady = { p95: timeline.between(beganAt + from, beganAt + to).delivery.percentile(95) };
    const outcomes: Outcome[] = [];
    for (const name of drills) outcomes.push(await phase(name, () => runDrill(name, stack, timeline, steady, seed)));
    const isTooFew = () => delivered() < deliveriesWanted && Date.now() < deadline;
    if (isTooFew())
      await phase('until there are a million deliveries', async () => {
        while (isTooFew()) await sleep(1_000);
      });
    await writers.ask('hush', {});
    const settled = await phase('quiet', () =>
      Promise.all([...hosts.map((host) => host.ask('settle', { patienceMs: 45_000 })), everything.end()]),
    );
    say('Histories are read to their beginning');
    for (const [i, host] of hosts.entries()) await host.ask('read', { readers: i === 0 ? population.writers : 10 });
    await Promise.all(hosts.map((host) => host.stop()));
    const connect = connected.reduce((sum, { connectMs }) => sum.merge(connectMs), new Histogram());
    return {
      histories: [...hosts, everything].map(({ historyFile }) => historyFile),
      population,
      seed,
      load,
      steadyP95: steady.p95,
      connect: { p50: connect.percentile(50), p95: connect.percentile(95), count: connect.count },
      phases: phases.map((one) => figuresOf(one, timeline, beganAt)),
      drills: outcomes,
      capacity,
      settled: sumOf(settled.filter((one) => one !== undefined)),
      timeline: timeline.points(beganAt),
    };
  } finally {
    clearInterval(progress);
    // After a failure a host may be busy, and its answer would never come.
    for (const one of started) one.kill();
    await stack.stop();
  }
}

function sayHowItGoes(timeline: Timeline, say: (line: string) => void): void {
  const now = Math.floor(Date.now() / 1_000);
  const { sent, acked, delivered, offline, ack, delivery } = timeline.between(now - 10, now);
  const within = (histogram: Histogram) => `within ${histogram.percentile(95) ?? '–'} ms (95 %)`;
  const without = offline > 0 ? `, up to ${offline} without a socket` : '';
  if (sent + delivered + offline > 0)
    say(`  ${sent} sent, ${acked} acknowledged ${within(ack)}, ${delivered} delivered ${within(delivery)}${without}`);
}

function figuresOf(
  { name, from, to }: { name: string; from: number; to: number },
  timeline: Timeline,
  beganAt: number,
) {
  const { sent, acked, delivered, ack, delivery, delay } = timeline.between(beganAt + from, beganAt + to);
  const of = (histogram: Histogram) => ({
    p50: histogram.percentile(50),
    p95: histogram.percentile(95),
    p99: histogram.percentile(99),
  });
  return { name, from, to, sent, acked, delivered, ack: of(ack), delivery: of(delivery), delay: of(delay) };
}

/** The messages per second of the last step that broke nothing, or half of the first one if that broke. */
function borne(steps: readonly Step[]): number {
  return steps.findLast(({ broken }) => broken === undefined)?.rate ?? (steps[0]?.rate ?? 0) / 2;
}

function sum(a: Rates, b: Rates): Rates {
  return { direct: a.direct + b.direct, group: a.group + b.group, fifty: a.fifty + b.fifty, room: a.room + b.room };
}

function sumOf(settled: readonly Answers['settle'][]): Answers['settle'] {
  return settled.reduce((all, { unanswered, behind, asked }) => ({
    unanswered: all.unanswered + unanswered,
    behind: all.behind + behind,
    asked: all.asked + asked,
  }));
}
