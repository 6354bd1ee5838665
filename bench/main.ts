/** Measures what design.md gives a budget, prints it, and writes `bench/results.json`. Takes about two minutes. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { synthesize } from '../local/synth.ts';
import { measureOperations } from './operations.ts';
import { measurePoster } from './poster.ts';
import { printRows, type Row, writeResults } from './rows.ts';
import { startStack } from './stack.ts';

const projectDir = path.join(import.meta.dirname, '..');
const workDir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
const assemblyDir = path.join(workDir, 'cdk.out');
const rows: Row[] = [];

async function section(measure: () => Promise<Row[]>): Promise<void> {
  const measured = await measure();
  printRows(measured);
  rows.push(...measured);
}

try {
  await section(measurePoster);
  await synthesize(projectDir, workDir, assemblyDir);
  const counted = await startStack(assemblyDir, { counted: true });
  await section(() => measureOperations(counted)).finally(counted.stop);
  writeResults(path.join(import.meta.dirname, 'results.json'), rows);
} finally {
  fs.rmSync(workDir, { recursive: true });
}
