import { stormBill, total } from '../bin/capacity/bill.ts';
import type { BenchRow } from '../bin/capacity/counters.ts';
import { defaults, type Load, readLoad } from '../bin/capacity/load.ts';
import { needsOf } from '../bin/capacity/needs.ts';
import { prices } from '../lib/prices.ts';
import type { Place } from './engine/steps.ts';
import type { Plan } from './plan.ts';
import type { Profile } from './profiles.ts';
import { scenariosOf, type TestName } from './scenarios.ts';

/** A task of Fargate as Artillery starts it unless it is told otherwise. */
const task = { vcpus: 4, gb: 8 };
/** Until all tasks are there, have installed what they need, and have reported, in seconds. */
const overheadSeconds = 240;

/** What a run costs, in US dollars, and how long it may go on until a limit is used up, in seconds. */
export interface Estimate {
  readonly deployment: number;
  readonly tasks: number;
  readonly dollars: number;
  readonly secondsFor: (limit: number) => number;
}

/** Reckons a run on AWS by the counters of the bench, at list prices, without free tiers. What is stored stays for a month. */
export function estimate(test: TestName, profile: Profile, plan: Plan, rows: readonly BenchRow[]): Estimate {
  const loads = Object.entries(sharesOf(test)).map(([place, share]) => loadOf(profile, plan, place as Place, share));
  // A test in which nobody sends has sockets all the same.
  const [first = loadOf(profile, plan, 'direct', 0), ...others] = loads;
  const billOf = (load: Load) => stormBill(load, needsOf(load, rows));
  const deployment = others.reduce(
    (sum, load) => {
      const bill = billOf(load);
      return sum + total(bill) - (bill['open sockets'] ?? 0);
    },
    total(billOf(first)),
  );
  const taskHour = task.vcpus * prices.fargateVcpuHour + task.gb * prices.fargateGbHour + prices.publicIpHour;
  const tasks = (plan.workers * taskHour * (plan.seconds + overheadSeconds)) / 3_600;
  const dollars = deployment + tasks;
  return { deployment, tasks, dollars, secondsFor: (limit) => Math.floor((limit / dollars) * plan.seconds) };
}

/** Which share of the messages is sent where. */
function sharesOf(test: TestName): Partial<Record<Place, number>> {
  const parts: Partial<Record<Place, number>> = {};
  for (const { weight, flow } of scenariosOf(test))
    for (const step of flow)
      if ('send' in step) parts[step.send.in] = (parts[step.send.in] ?? 0) + weight * step.send.share;
  const all = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return Object.fromEntries(Object.entries(parts).map(([place, part]) => [place, part / all]));
}

/** The load in one kind of conversation, of which the run is so large a part of a month. */
function loadOf(
  { messagesPerSecond, roomSize }: Profile,
  { connections, seconds }: Plan,
  place: Place,
  share: number,
): Load {
  const members = { direct: 2, group: 8, room: roomSize }[place];
  const load = readLoad({
    ...defaults,
    users: String(connections),
    online: '1',
    messages: String(messagesPerSecond * share),
    members: String(members),
    conversations: String(Math.max(1, Math.round(connections / members))),
    months: '1',
  });
  return { ...load, busy: seconds / (730 * 3_600) };
}

/**
 * The limit of a run, in US dollars, unless another is given. It is what a day of two people's curiosity may cost, and it stops the large
 * profiles: they need a number that somebody typed.
 */
export const defaultLimit = 20;
