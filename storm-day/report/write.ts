import * as fs from 'node:fs';
import * as path from 'node:path';
import { chartsOf } from './charts.ts';
import type { Results } from './results.ts';
import { textOf } from './text.ts';

/** Writes the report, its pictures and the raw data below a folder. */
export function writeReport(docsDir: string, results: Results): void {
  const folder = path.join(docsDir, 'storm-day');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'results.json'), `${JSON.stringify(results)}\n`);
  for (const [name, svg] of Object.entries(chartsOf(results))) fs.writeFileSync(path.join(folder, name), svg);
  fs.writeFileSync(path.join(docsDir, 'storm-day-report.md'), textOf(results));
}
