/**
 * Measures everything that has a budget, prints the results, and writes `bench/results.json`. It takes some minutes. `npm run bench -- throughput`
 * measures that part only, and writes nothing.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { synthesize } from '#local/synth.ts';
import { synthesizeBaseline } from './baseline/index.ts';
import { measureBaseline } from './baseline/measure.ts';
import { measureBundles } from './bundles.ts';
import { measureClientSize } from './client-size.ts';
import { idleCost } from './idle-cost.ts';
import { measureManyConversations } from './many-conversations.ts';
import { measureMedia } from './media.ts';
import { measureOperations } from './operations.ts';
import { measurePage } from './page.ts';
import { measurePoster } from './poster.ts';
import { measurePrices, priceRows } from './prices.ts';
import { measurePush, measurePushBesideHanging } from './push.ts';
import { measureRooms } from './rooms.ts';
import { loadBefore, printRows, type Row, writeResults } from './rows.ts';
import { measureSearch, measureSearchUnits } from './search.ts';
import { withProcess, withStack } from './stack.ts';
import { measureThroughput } from './throughput.ts';
import { measureWorstUploads } from './worst-uploads.ts';

const projectDir = path.join(import.meta.dirname, '..');
const workDir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
const assemblyDir = path.join(workDir, 'cdk.out');
const baselineDir = path.join(workDir, 'baseline');

type Rows = Row[] | Promise<Row[]>;

const parts: Readonly<Record<string, () => Rows>> = {
  operations: () => withStack(assemblyDir, { counted: true }, measureOperations),
  baseline: () => withProcess(baselineDir, { counted: true }, (baseline) => measureBaseline(baseline, [2, 200])),
  prices: async () => priceRows(await measurePrices(assemblyDir, baselineDir)),
  'many-conversations': () => withStack(assemblyDir, { counted: true }, measureManyConversations),
  media: () => withStack(assemblyDir, { counted: true }, measureMedia),
  'worst-uploads': () => measureWorstUploads(workDir),
  push: () => withStack(assemblyDir, { counted: true }, measurePush),
  'push-beside-hanging': () => withStack(assemblyDir, { counted: false }, measurePushBesideHanging),
  'idle-cost': idleCost,
  bundles: () => measureBundles(assemblyDir),
  'client-size': measureClientSize,
  page: () => measurePage(workDir),
  poster: measurePoster,
  throughput: () => withStack(assemblyDir, { counted: false }, measureThroughput),
  'search-units': () => withStack(assemblyDir, { counted: true }, measureSearchUnits),
  search: () => withStack(assemblyDir, { counted: false }, measureSearch),
  rooms: () => withStack(assemblyDir, { counted: false }, (stack) => measureRooms(stack)),
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`The benchmark has no part ${unknown.join(', ')}. It has ${Object.keys(parts).join(', ')}.`);
  process.exit(1);
}
const rows: Row[] = [];
const load = loadBefore();
if (load.isBusy)
  console.log(
    `The machine is busy: ${load.processes} processes want its ${os.cpus().length} cores. CPU and times will be worse than its own.`,
  );

try {
  await synthesize(projectDir, workDir, assemblyDir, () => console.log('Synthesizing the app …'));
  if (['baseline', 'prices'].some(isMeasured)) await synthesizeBaseline(baselineDir);
  for (const [name, measure] of Object.entries(parts)) if (isMeasured(name)) report(await measure());
} finally {
  fs.rmSync(workDir, { recursive: true });
}

function isMeasured(name: string): boolean {
  return chosen.length === 0 || chosen.includes(name);
}

function report(measured: readonly Row[]): void {
  printRows(measured);
  rows.push(...measured);
  // The file is written after each part, because later parts take minutes and may overload a small machine.
  if (chosen.length === 0) writeResults(path.join(projectDir, 'bench', 'results.json'), rows, load.processes);
}
