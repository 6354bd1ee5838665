import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Verdict } from '#checker/judge.ts';
import { Recorder } from '#workload/recorder.ts';
import { watchAlarms } from './alarms.ts';
import { catalogue, type DrillName } from './catalogue.ts';
import { Crowd, type Load } from './crowd.ts';
import type { Drill } from './drill.ts';
import { type Attempt, course, type Measured, measure, recovery, type Second } from './measure.ts';
import { perform } from './perform.ts';
import { DrillStack, type MetFault } from './stack.ts';
import { judgeLines } from './verdict.ts';

export interface DrillOptions extends Partial<Load> {
  /** The folder of the synthesized app. */
  readonly assemblyDir: string;
  /** A stack that runs already; otherwise the drill has one of its own. */
  readonly stack?: DrillStack;
  /** For how long people talk before something is broken, in ms. */
  readonly steadyMs?: number;
  /** A file for the history that the checker judges. */
  readonly historyFile?: string;
}

export interface DrillResult {
  readonly name: DrillName;
  readonly seed: number;
  readonly people: number;
  readonly messagesPerSecond: number;
  /** Before the fault, while it lasted, and from its end until nobody talked any more. */
  readonly before: Measured;
  readonly during: Measured;
  readonly after: Measured;
  /** From the beginning of `before`. */
  readonly course: readonly Second[];
  /** How long after the end of the fault everything was as before. */
  readonly recoveredMs: number;
  /** The alarms that rose, without the prefix of the stack. */
  readonly alarms: readonly string[];
  /** The faults, and how many events met each. */
  readonly faults: readonly MetFault[];
  readonly verdict: Pick<Verdict, 'valid' | 'counts' | 'unjudged'> & { readonly findings: readonly string[] };
  /** What wasn't as the hypothesis says. None if the drill is passed. */
  readonly surprises: readonly string[];
}

const usual = { seed: 1, people: 6, messagesPerSecond: 5 };
const steadyMs = 8_000;
/** For how long functions may take to start, and what is quick then. */
const warmestMs = 60_000;
const quickMs = 500;
/** For how long people talk after the fault: what was lost shows with what comes after it. */
const talkOnMs = 8_000;
/** For how long everything may take to arrive in the end. */
const patienceMs = 90_000;

/** Runs a drill, and returns what came of it. It ends what it has started. */
export async function runDrill(name: DrillName, options: DrillOptions): Promise<DrillResult> {
  const own = options.stack ? undefined : await DrillStack.start(options.assemblyDir);
  const stack = options.stack ?? own;
  if (!stack) throw new Error('There is no stack');
  try {
    return await drillOn(stack, name, options);
  } finally {
    await own?.stop();
  }
}

async function drillOn(stack: DrillStack, name: DrillName, options: DrillOptions): Promise<DrillResult> {
  const drill: Drill = catalogue[name];
  const load = {
    seed: options.seed ?? usual.seed,
    people: options.people ?? usual.people,
    messagesPerSecond: options.messagesPerSecond ?? usual.messagesPerSecond,
  };
  const lines: string[] = [];
  const recorder = new Recorder({ name: `${name}-${load.seed}`, write: (line) => lines.push(line) });
  const crowd = await Crowd.gather(
    stack.url,
    { ...load, uploads: drill.uploads ?? false, absent: drill.largeRoom ? 100 : 0 },
    recorder,
  );

  crowd.start();
  await warm(crowd);
  const start = performance.now();
  await sleep(options.steadyMs ?? steadyMs);
  const raised = await watchAlarms(stack);
  const { began: broken, ended, faults } = await perform(drill, stack, load.seed);
  await sleep(talkOnMs);
  const isQuiet = await crowd.finish(patienceMs);
  const finished = performance.now();
  // What is read before everything has arrived isn't final, and the checker doesn't know what is lost.
  if (isQuiet) recorder.quiet();
  await crowd.readAll();
  const alarms = await raised.stop();
  crowd.leave();

  if (options.historyFile !== undefined) fs.writeFileSync(options.historyFile, `${lines.join('\n')}\n`);
  const seen = { sent: crowd.sent, calls: crowd.calls, attempts: attemptsIn(lines) };
  const before = measure([start, broken], seen);
  const result = {
    name,
    ...load,
    before,
    during: measure([broken, ended], seen),
    after: measure([ended, finished], seen),
    course: course([start, finished], seen),
    recoveredMs: recovery(ended, before, crowd.sent, seen.attempts),
    alarms,
    faults,
    verdict: judgeLines(lines),
  };
  return { ...result, surprises: surprisesOf(drill, result) };
}

/** Waits while the first messages start functions: until those of five seconds in a row were quick, but not for ever. */
async function warm(crowd: Crowd): Promise<void> {
  const deadline = performance.now() + warmestMs;
  for (await sleep(6_000); performance.now() < deadline; await sleep(500)) {
    const now = performance.now();
    const { undelivered, delivered } = measure([now - 6_000, now - 1_000], {
      sent: crowd.sent,
      calls: [],
      attempts: [],
    });
    if (undelivered === 0 && (delivered.p95 ?? 0) < quickMs) return;
  }
}

function surprisesOf(drill: Drill, result: Omit<DrillResult, 'surprises'>): string[] {
  const { verdict, recoveredMs, faults, alarms, during, after } = result;
  const undelivered = during.undelivered + after.undelivered;
  const missing = (drill.alarms ?? []).filter((name) => !alarms.includes(name));
  return [
    ...(verdict.valid === true ? [] : [`The checker says: ${verdict.valid}. ${verdict.findings.join('; ')}`]),
    ...(undelivered === 0 ? [] : [`${undelivered} deliveries were missing in the end.`]),
    ...(recoveredMs <= drill.recoversWithinMs ? [] : [`It took ${recoveredMs} ms to recover.`]),
    ...missing.map((name) => `The alarm ${name} didn't rise.`),
    ...faults.filter(isMissed).map(({ fault }) => `Nothing met the fault ${fault.kind}.`),
  ];
}

/** A fault that nothing met is no drill. With a small rate and few events that may be chance. */
function isMissed({ fault, events, met }: MetFault): boolean {
  return met === 0 && (events === 0 || events * fault.rate >= 3);
}

/** The requests in a history. */
function attemptsIn(lines: readonly string[]): Attempt[] {
  const attempts = new Map<string, { at: number; failed: boolean }>();
  for (const line of lines) {
    const { type, process, op, time } = JSON.parse(line);
    if (op === undefined) continue;
    const key = `${process} ${op}`;
    if (type === 'invoke') attempts.set(key, { at: time / 1e6, failed: true });
    const attempt = attempts.get(key);
    if (attempt && type === 'ok') attempt.failed = false;
  }
  return [...attempts.values()];
}
