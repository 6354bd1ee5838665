import { setTimeout as sleep } from 'node:timers/promises';
import { findCapacity, type Ladder, type Step } from './capacity.ts';
import { drills, type Outcome, runDrill } from './drills.ts';
import { Histogram } from './histogram.ts';
import { type Rates, streamsOf } from './load.ts';
import { startStackProcess } from './stack.ts';
import { prepare, type Stage } from './stage.ts';
import { Timeline } from './timeline.ts';

const population = { writers: 24, room: 600 };
const small = (rate: number): Rates => ({ direct: rate / 2, group: rate / 2, fifty: 0, room: 0 });
const inRoom = (rate: number): Rates => ({ direct: 0, group: 0, fifty: rate / 80, room: rate });
/** Rates that are tried one after another, until a threshold breaks. */
const ladders = {
  'small conversations': { rates: [5, 10, 20, 40, 80, 160].map(small), deliveryMs: 500 },
  'a room of 600': { rates: [1, 2, 4, 8, 16, 32].map(inRoom), deliveryMs: 2_000 },
} satisfies Record<string, Ladder>;
/** The load beside the drills, as a share of what the machine bears of each kind alone. What is left is for catching up. */
const share = 0.35;

const steadySeconds = 30;
const connectsPerSecond = 60;

/** Runs the day on a stack of its own, and returns what was measured, and the files with what the clients saw. */
export async function runDay(assemblyDir: string, folder: string, say: (line: string) => void) {
  const stack = await startStackProcess(assemblyDir);
  const timeline = new Timeline();
  const started: Stage[] = [];
  const progress = setInterval(() => {
    const now = Math.floor(Date.now() / 1_000);
    const { sent, acked, delivered, ack, delivery } = timeline.between(now - 10, now);
    if (sent + delivered > 0)
      say(
        `  ${sent} sent, ${acked} acknowledged within ${ack.percentile(95)} ms, ${delivered} delivered within ${delivery.percentile(95)} ms (95 %)`,
      );
  }, 10_000);
  try {
    say('Everybody registers');
    const stage = await prepare(stack.url, folder, timeline, population);
    started.push(stage);
    const { hosts, writers } = stage;
    const phases: { name: string; from: number; to: number }[] = [];
    const beganAt = Math.floor(Date.now() / 1_000);
    const phase = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
      say(name);
      const from = Date.now() / 1_000 - beganAt;
      const result = await run();
      phases.push({ name, from: Math.round(from), to: Math.round(Date.now() / 1_000 - beganAt) });
      return result;
    };
    const settle = () => Promise.all(hosts.map((host) => host.ask('settle', { patienceMs: 30_000 })));

    const connected = await phase('ramp', () =>
      Promise.all(hosts.map((host) => host.ask('connect', { perSecond: connectsPerSecond / hosts.length }))),
    );
    const findIn = (name: keyof typeof ladders) =>
      phase(`more and more in ${name}`, () => findCapacity(stage, timeline, ladders[name]));
    const capacity = {
      'small conversations': await findIn('small conversations'),
      'a room of 600': await findIn('a room of 600'),
    };
    const steady = sum(
      small(share * borne(capacity['small conversations'])),
      inRoom(share * borne(capacity['a room of 600'])),
    );
    await writers.ask('talk', { streams: streamsOf(steady, stage) });
    await phase('steady load', () => sleep(steadySeconds * 1_000));
    const { from, to } = phases.at(-1) ?? { from: 0, to: 0 };
    // As before is: not twice as late as under the steady load.
    const usualMs = 2 * (timeline.between(beganAt + from, beganAt + to).delivery.percentile(95) ?? 0);
    const outcomes: Outcome[] = [];
    for (const drill of drills) outcomes.push(await phase(drill.name, () => runDrill(drill, stack, timeline, usualMs)));
    await writers.ask('hush', {});
    const settled = await phase('quiet', settle);
    say('Histories are read to their beginning');
    for (const [i, host] of hosts.entries()) await host.ask('read', { readers: i === 0 ? 1_000 : 10 });
    await Promise.all(hosts.map((host) => host.stop()));

    const figures = phases.map(({ name, from, to }) => {
      const { sent, acked, delivered, ack, delivery, delay } = timeline.between(beganAt + from, beganAt + to);
      const of = (histogram: Histogram) => ({
        p50: histogram.percentile(50),
        p95: histogram.percentile(95),
        p99: histogram.percentile(99),
      });
      return { name, from, to, sent, acked, delivered, ack: of(ack), delivery: of(delivery), delay: of(delay) };
    });
    const connect = connected.reduce((sum, { connectMs }) => sum.merge(connectMs), new Histogram());
    return {
      histories: hosts.map(({ historyFile }) => historyFile),
      connect: { p50: connect.percentile(50), p95: connect.percentile(95), count: connect.count },
      phases: figures,
      drills: outcomes,
      usualMs,
      capacity,
      settled: settled.reduce((sum, one) => ({
        unanswered: sum.unanswered + one.unanswered,
        behind: sum.behind + one.behind,
        asked: sum.asked + one.asked,
      })),
      timeline: timeline.points(beganAt),
    };
  } finally {
    clearInterval(progress);
    // After a failure a host may be busy, and its answer would never come.
    for (const { hosts } of started) for (const host of hosts) host.kill();
    await stack.stop();
  }
}

/** The messages per second of the last step that broke nothing, or half of the first one if that broke. */
function borne(steps: readonly Step[]): number {
  return steps.findLast(({ broken }) => broken === undefined)?.rate ?? (steps[0]?.rate ?? 0) / 2;
}

function sum(a: Rates, b: Rates): Rates {
  return { direct: a.direct + b.direct, group: a.group + b.group, fifty: a.fifty + b.fifty, room: a.room + b.room };
}
