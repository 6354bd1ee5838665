import { setTimeout as sleep } from 'node:timers/promises';
import { watchAlarms } from '#drills/alarms.ts';
import { catalogue, type DrillName } from '#drills/catalogue.ts';
import { lastAfter, slowFrom } from '#drills/measure.ts';
import { perform } from '#drills/perform.ts';
import type { DrillStack } from '#drills/stack.ts';
import type { Point, Timeline } from './timeline.ts';

/** The drills of the day, in their order. */
export const drills = [
  'functions-killed',
  'write-without-answer',
  'posts-lost',
  'streams-disturbed',
  'sockets-cut',
  'database-away',
] as const satisfies readonly DrillName[];

/** How a drill went. */
export interface Outcome {
  readonly name: DrillName;
  readonly title: string;
  readonly hypothesis: string;
  /** How long it was broken. */
  readonly seconds: number;
  /** The kinds of the faults, and how many events met each. */
  readonly faults: readonly { readonly kind: string; readonly met: number }[];
  /** Of the requests in this time, those that ended without success, as a share. */
  readonly failed: number;
  readonly deliveryP95: number | undefined;
  /** The most clients that were without a socket. */
  readonly offline: number;
  readonly alarms: readonly string[];
  /** From the end of the fault until everything was as before, in seconds. Undefined if it wasn't within `patienceSeconds`. */
  readonly recoveredAfter: number | undefined;
}

/** For how long it is waited that everything is as before. */
export const patienceSeconds = 60;
/** So many seconds in a row must be as before. */
const calmSeconds = 5;

/**
 * Breaks something, heals it, and waits until everything is as before: no delivery is slower than `slowFrom` of the steady state, no
 * request fails, and nobody is without a socket.
 */
export async function runDrill(
  name: DrillName,
  stack: DrillStack,
  timeline: Timeline,
  steady: { readonly p95: number | undefined },
  seed: number,
): Promise<Outcome> {
  const { title, hypothesis } = catalogue[name];
  const slowMs = slowFrom({ p95: steady.p95 });
  const alarms = await watchAlarms(stack);
  const { began, ended, faults } = await perform(catalogue[name], stack, seed);
  const [from, to] = [began, ended].map((time) => Math.floor((performance.timeOrigin + time) / 1_000));
  const { asked, failed, delivery, offline } = timeline.between(from ?? 0, to ?? 0);
  let isCalm = false;
  for (let waited = 0; !isCalm && waited < patienceSeconds; waited++) {
    await sleep(1_000);
    const now = Math.floor(Date.now() / 1_000);
    // What a process tells of a second comes a little after its end.
    isCalm = waited >= calmSeconds && lastAfter(now - 1 - calmSeconds, restless(timeline.points(0), slowMs)) === 0;
  }
  return {
    name,
    title,
    hypothesis,
    seconds: Math.round((ended - began) / 1_000),
    faults: faults.map(({ fault: { kind }, met }) => ({ kind, met })),
    failed: asked === 0 ? 0 : failed / asked,
    deliveryP95: delivery.percentile(95),
    offline,
    alarms: await alarms.stop(),
    recoveredAfter: isCalm ? lastAfter(to ?? 0, restless(timeline.points(0), slowMs)) : undefined,
  };
}

/** The ends of the seconds in which not everything was as before. */
function restless(points: readonly Point[], slowMs: number): number[] {
  return points
    .filter(({ deliveryMax = 0, failed, offline }) => deliveryMax > slowMs || failed > 0 || offline > 0)
    .map(({ at }) => at + 1);
}
