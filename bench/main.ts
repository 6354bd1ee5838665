/** Measures everything that has a budget, prints the results, and writes `bench/results.json`. It takes some minutes. */
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
const rows: Row[] = [];
const load = loadBefore();
if (load.isBusy)
  console.log(
    `The machine is busy: ${load.processes} processes want its ${os.cpus().length} cores. CPU and times will be worse than its own.`,
  );

function report(measured: readonly Row[]): void {
  printRows(measured);
  rows.push(...measured);
  // The file is written after each part, because later parts take minutes and may overload a small machine.
  writeResults(path.join(projectDir, 'bench', 'results.json'), rows, load.processes);
}

try {
  await synthesize(projectDir, workDir, assemblyDir, () => console.log('Synthesizing the app …'));
  report(await withStack(assemblyDir, { counted: true }, measureOperations));
  const baselineDir = path.join(workDir, 'baseline');
  await synthesizeBaseline(baselineDir);
  report(await withProcess(baselineDir, { counted: true }, (baseline) => measureBaseline(baseline, [2, 200])));
  report(priceRows(await measurePrices(assemblyDir, baselineDir)));
  report(await withStack(assemblyDir, { counted: true }, measureManyConversations));
  report(await withStack(assemblyDir, { counted: true }, measureMedia));
  report(await measureWorstUploads(workDir));
  report(await withStack(assemblyDir, { counted: true }, measurePush));
  report(await withStack(assemblyDir, { counted: false }, measurePushBesideHanging));
  report(idleCost());
  report(measureBundles(assemblyDir));
  report(await measureClientSize());
  report(await measurePage(workDir));
  report(await measurePoster());
  report(await withStack(assemblyDir, { counted: false }, measureThroughput));
  report(await withStack(assemblyDir, { counted: true }, measureSearchUnits));
  report(await withStack(assemblyDir, { counted: false }, measureSearch));
  report(await withStack(assemblyDir, { counted: false }, (stack) => measureRooms(stack)));
} finally {
  fs.rmSync(workDir, { recursive: true });
}
