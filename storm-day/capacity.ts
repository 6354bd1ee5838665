import * as os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Rates, streamsOf } from './load.ts';
import type { Stage } from './stage.ts';
import type { Timeline } from './timeline.ts';

/** A rate that was tried, what became of it, and who used the machine. */
export interface Step {
  /** The rate that was meant, in messages per second. */
  readonly rate: number;
  readonly messagesPerSecond: number;
  readonly deliveriesPerSecond: number;
  readonly ackP95: number | undefined;
  readonly deliveryP95: number | undefined;
  /** Shares of all cores, 0 to 1: of the clients, of everything else (the stack with its database, and what else runs), and unused. */
  readonly cpu: { readonly clients: number; readonly stack: number; readonly idle: number };
  /** Why it is too much. */
  readonly broken?: string;
}

const stepMs = 6_000;
/** The line that the alarm `DeliverySlow` has, too, in ms. */
const latencyMs = 500;

/** Rates that are tried one after another. */
export interface Ladder {
  readonly rates: readonly Rates[];
  /** How late 95 % of the deliveries may be, in ms. Of acknowledgements it is 500. */
  readonly deliveryMs: number;
}

/** Raises a rate until a threshold breaks. The last step is the one that broke. */
export async function findCapacity(
  stage: Stage,
  timeline: Timeline,
  { rates: ladder, deliveryMs }: Ladder,
): Promise<Step[]> {
  const steps: Step[] = [];
  for (const rates of ladder) {
    const step = await tryRates(stage, timeline, rates, deliveryMs);
    steps.push(step);
    // What is left over arrives before anything else is measured.
    await Promise.all(stage.hosts.map((host) => host.ask('settle', { patienceMs: 10_000 })));
    if (step.broken) break;
  }
  return steps;
}

async function tryRates(stage: Stage, timeline: Timeline, rates: Rates, deliveryMs: number): Promise<Step> {
  const { writers } = stage;
  const cpus = os.cpus();
  const from = Math.ceil(Date.now() / 1_000);
  await writers.ask('talk', { streams: streamsOf(rates, stage) });
  await sleep(stepMs);
  await writers.ask('hush', {});
  const cpusAfter = os.cpus();
  // What is late counts in the second in which it comes, so those that come a little later belong to it.
  await sleep(1_500);
  const { sent, acked, delivered, ack, delivery, delay, clientCpuMs } = timeline.between(from, Date.now() / 1_000);
  const idleMs = cpusAfter.reduce((sum, { times }, i) => sum + times.idle - (cpus[i]?.times.idle ?? 0), 0);
  const all = idleMs + busyMs(cpusAfter) - busyMs(cpus);
  const share = (ms: number) => Number(Math.min(1, Math.max(0, ms / all)).toFixed(2));
  const step = {
    rate: rates.direct + rates.group + rates.room,
    messagesPerSecond: Math.round((sent * 1_000) / stepMs),
    deliveriesPerSecond: Math.round((delivered * 1_000) / stepMs),
    ackP95: ack.percentile(95),
    deliveryP95: delivery.percentile(95),
    cpu: { clients: share(clientCpuMs), stack: share(all - idleMs - clientCpuMs), idle: share(idleMs) },
  };
  const broken = whatBroke(step, deliveryMs, acked / Math.max(1, sent), delay.percentile(95));
  return { ...step, ...(broken !== undefined && { broken }) };
}

type Limits = Pick<Step, 'ackP95' | 'deliveryP95'>;

function whatBroke(
  { ackP95, deliveryP95 }: Limits,
  deliveryMs: number,
  ackedShare: number,
  delayP95 = 0,
): string | undefined {
  if (delayP95 > latencyMs / 5) return `the clients were ${delayP95} ms behind with sending`;
  if ((ackP95 ?? Number.POSITIVE_INFINITY) > latencyMs) return `95 % were acknowledged within ${ackP95} ms`;
  if ((deliveryP95 ?? Number.POSITIVE_INFINITY) > deliveryMs) return `95 % were delivered within ${deliveryP95} ms`;
  if (ackedShare < 0.9) return `${Math.round(100 * ackedShare)} % were acknowledged in time`;
  return undefined;
}

const busyMs = (cpus: readonly os.CpuInfo[]) =>
  cpus.reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
