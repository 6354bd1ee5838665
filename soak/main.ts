/**
 * A long run: `npm run soak -- --minutes 20`. A hundred clients talk at a moderate rate, and lose their sockets now and then. Says whether
 * memory, handles, rows that should lapse, or latency grow. The exit code is 1 if one does.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { judge } from '#checker/judge.ts';
import { eventsOf } from '#checker/parse.ts';
import { synthesize } from '#local/synth.ts';
import { type Rates, streamsOf } from '#storm-day/load.ts';
import { prepare, type Stage } from '#storm-day/stage.ts';
import { Timeline } from '#storm-day/timeline.ts';
import { startStackProcess } from './stack.ts';
import { grows, type Series } from './trend.ts';

const population = { writers: 24, readers: 76, light: 0 };
const rates: Rates = { direct: 4, group: 2, fifty: 0.2, room: 2 };
const sampleMs = 10_000;
/** How many sockets are lost per second. */
const lossesPerSecond = 0.5;

/** How much each may rise in the last two thirds, as a share of its mean. */
const tolerances = {
  'memory of the stack (MB)': 0.1,
  'JavaScript heap of the stack (MB)': 0.1,
  'memory of the clients (MB)': 0.15,
  handles: 0.1,
  'rows that have not lapsed': 0.05,
  'sockets that the service knows': 0.05,
  'acknowledged, p50 (ms)': 0.25,
  'delivered, p50 (ms)': 0.25,
} as const;
type Figure = keyof typeof tolerances;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '20' } } });
const minutes = Number(values.minutes);
if (!(minutes >= 2)) throw new Error('--minutes must be 2 or more, or there is nothing to compare.');

const projectDir = path.join(import.meta.dirname, '..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'soak-'));
const assemblyDir = path.join(folder, 'app');
await synthesize(projectDir, folder, assemblyDir, () => console.log('Synthesizing the app …'));
const stack = await startStackProcess(assemblyDir);
const timeline = new Timeline();
let stage: Stage | undefined;
try {
  stage = await prepare(stack.url, folder, timeline, population);
  const { hosts, writers } = stage;
  await Promise.all(hosts.map((host) => host.ask('connect', { perSecond: 10 })));
  await Promise.all(hosts.map((host) => host.ask('loseSockets', { perSecond: lossesPerSecond / hosts.length })));
  await writers.ask('talk', { streams: streamsOf(rates, stage) });
  const series = await watch(minutes);
  await Promise.all(hosts.map((host) => host.ask('loseSockets', { perSecond: 0 })));
  await writers.ask('hush', {});
  await Promise.all(hosts.map((host) => host.ask('settle', { patienceMs: 60_000 })));
  for (const host of hosts) await host.ask('read', { readers: 100 });
  await Promise.all(hosts.map((host) => host.stop()));
  const { valid, counts, findings } = judge(eventsOf(hosts.map(({ historyFile }) => historyFile)));
  console.log(
    `\nThe checker: ${valid}; ${counts.sent} sent, ${counts.deliveries} deliveries, ${counts.lost} lost, ${counts.doubled} doubled`,
  );
  for (const { rule, text } of findings) console.log(`  ${rule}: ${text}`);
  const growing = report(series);
  if (growing || valid === false) process.exitCode = 1;
} finally {
  for (const host of stage?.hosts ?? []) host.kill();
  await stack.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}

async function watch(minutes: number): Promise<Record<Figure, [number, number][]>> {
  const series: Record<Figure, [number, number][]> = {
    'memory of the stack (MB)': [],
    'JavaScript heap of the stack (MB)': [],
    'memory of the clients (MB)': [],
    handles: [],
    'rows that have not lapsed': [],
    'sockets that the service knows': [],
    'acknowledged, p50 (ms)': [],
    'delivered, p50 (ms)': [],
  };
  const startedAt = Date.now();
  while (Date.now() - startedAt < minutes * 60_000) {
    const from = Math.floor(Date.now() / 1_000);
    await sleep(sampleMs);
    const { rss, heap, handles, live, sockets } = await stack.sample();
    const { ack, delivery, clientRss } = timeline.between(from, Math.floor(Date.now() / 1_000));
    const at = Math.round((Date.now() - startedAt) / 1_000);
    const add = (figure: Figure, value: number | undefined) => value !== undefined && series[figure].push([at, value]);
    add('memory of the stack (MB)', rss / 1e6);
    add('JavaScript heap of the stack (MB)', heap / 1e6);
    add('memory of the clients (MB)', clientRss / 1e6);
    add('handles', handles);
    add('rows that have not lapsed', live);
    add('sockets that the service knows', sockets);
    add('acknowledged, p50 (ms)', ack.percentile(50));
    add('delivered, p50 (ms)', delivery.percentile(50));
    console.log(
      `${String(at).padStart(5)} s  ${Math.round(rss / 1e6)} MB, clients ${Math.round(clientRss / 1e6)} MB, ${handles} handles, ${live} rows, ${sockets} sockets, acknowledged ${ack.percentile(50)} ms, delivered ${delivery.percentile(50)} ms`,
    );
  }
  return series;
}

/** Prints the trends. Returns whether something grows. */
function report(series: Readonly<Record<Figure, Series>>): boolean {
  const head = ['mean', 'rise', 't', 'last/first quarter'].map((name) => name.padStart(10)).join('');
  console.log(`\n${'in the last two thirds'.padEnd(36)}${head}`);
  const verdicts = Object.entries(tolerances).map(([figure, tolerance]) => {
    const { mean, rise, t, ratio, isGrowing } = grows(series[figure as Figure], tolerance);
    const cells = [mean, rise, t].map((value) => value.toFixed(1).padStart(10)).concat(ratio.toFixed(2).padStart(20));
    console.log(`${figure.padEnd(36)}${cells.join('')}  ${isGrowing ? 'GROWS' : 'ok'}`);
    return isGrowing;
  });
  return verdicts.includes(true);
}
