import * as fs from 'node:fs';
import { catalogue } from './catalogue.ts';
import { chaos } from './report.ts';
import type { DrillResult } from './run.ts';

const file = new URL('results.json', import.meta.url);
const document = new URL('../docs/chaos.md', import.meta.url);

/** The results of the last run of each drill that was recorded. */
export function readResults(): DrillResult[] {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : [];
}

/** Keeps results, in the order of the catalogue, and writes the document that shows them. */
export function writeResults(results: readonly DrillResult[]): void {
  const order = Object.keys(catalogue);
  const sorted = results.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  fs.writeFileSync(file, `${JSON.stringify(sorted, null, 1)}\n`);
  fs.writeFileSync(document, chaos(sorted));
}
