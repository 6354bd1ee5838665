import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultInput } from '#local/faults/fault.ts';
import type { Stack } from './stack.ts';
import type { Timeline } from './timeline.ts';

/** Something that is broken while everybody talks, and what should happen. */
interface Drill {
  readonly name: string;
  readonly hypothesis: string;
  readonly faults: readonly FaultInput[];
  readonly seconds: number;
}

export const drills: readonly Drill[] = [
  {
    name: 'functions die',
    hypothesis:
      'One of ten environments dies at work. Clients send again what has no answer; streams and queues try again.',
    faults: [{ target: '*', kind: 'crash', when: 'running', ms: 30, rate: 0.1 }],
    seconds: 10,
  },
  {
    name: 'posts refused',
    hypothesis: 'Half of the posts to sockets are answered 429. Frames wait, are posted again, and come late.',
    faults: [{ target: 'APIGATEWAYMANAGEMENTAPI', kind: 'throttle', rate: 0.5 }],
    seconds: 10,
  },
  {
    name: 'all sockets cut',
    hypothesis: 'All sockets end at once. Clients come back within seconds, not all in the same, and catch up.',
    faults: [{ target: '*', kind: 'cut' }],
    seconds: 1,
  },
  {
    name: 'writes without answer',
    hypothesis:
      'Every seventh write is done and its answer lost. What is written again finds itself, and nothing is there twice.',
    faults: [{ target: 'DYNAMODB', kind: 'lost-answer', operation: 'UpdateItem', ms: 200, rate: 0.15 }],
    seconds: 10,
  },
  {
    name: 'database away',
    hypothesis: 'For 30 seconds nobody can send. Afterwards everything is sent, in order.',
    faults: [{ target: 'DYNAMODB*', kind: 'down' }],
    seconds: 30,
  },
];

/** How a drill went. */
export interface Outcome {
  readonly name: string;
  readonly hypothesis: string;
  readonly seconds: number;
  /** How many events met the faults. */
  readonly met: number;
  /** From the end of the fault until everything was as before, in seconds. Undefined if it wasn't within `patienceSeconds`. */
  readonly recoveredAfter: number | undefined;
}

const patienceSeconds = 45;
/** So many seconds in a row must be as before. */
const calmSeconds = 3;

/** Breaks something, heals it, and waits until 95 % of the deliveries of each second take no longer than `usualMs` again. */
export async function runDrill(drill: Drill, stack: Stack, timeline: Timeline, usualMs: number): Promise<Outcome> {
  const { name, hypothesis, faults, seconds } = drill;
  await stack.inject(faults);
  await sleep(seconds * 1_000);
  const { met } = await stack.heal();
  const healedAt = Math.floor(Date.now() / 1_000);
  let recoveredAfter: number | undefined;
  while (recoveredAfter === undefined && Date.now() / 1_000 - healedAt < patienceSeconds) {
    await sleep(1_000);
    recoveredAfter = calmAfter(timeline, healedAt, usualMs);
  }
  return { name, hypothesis, seconds, met, recoveredAfter };
}

/** The seconds from a time on after which all are connected and messages come in the usual time, for some seconds in a row. */
function calmAfter(timeline: Timeline, healedAt: number, usualMs: number): number | undefined {
  const isCalm = ({
    delivered,
    deliveryP95 = Number.POSITIVE_INFINITY,
    offline,
  }: ReturnType<Timeline['points']>[number]) => delivered > 0 && deliveryP95 <= usualMs && offline === 0;
  // The current second isn't over.
  const points = timeline.points(healedAt).filter(({ at }) => at >= 0 && at < Date.now() / 1_000 - healedAt - 1);
  const first = points.findIndex(
    (_, i) => i + calmSeconds <= points.length && points.slice(i, i + calmSeconds).every(isCalm),
  );
  return points[first]?.at;
}
