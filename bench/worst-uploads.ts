import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as z from 'zod/mini';
import type { Row } from './rows.ts';
import { worstFiles } from './worst-files.ts';

/** The bounds of `inspect`: its deadline (lambdas/inspect/handler.ts) and its memory (lib/capabilities/media.ts). */
const budget = { seconds: 40, mebibytes: 2_048 };

const Measured = z.object({ outcome: z.string(), seconds: z.number(), mebibytes: z.number() });

/**
 * Measures what the worst files that may be uploaded cost the inspection: CPU time, threads of libraries included, and the most memory,
 * that of the process and of the file included. Each has a process of its own.
 */
export async function measureWorstUploads(workDir: string): Promise<Row[]> {
  const rows: Row[] = [];
  const file = path.join(workDir, 'upload');
  const program = path.join(import.meta.dirname, 'inspect-one.ts');
  for (const [name, { contentType, make }] of Object.entries(worstFiles)) {
    fs.writeFileSync(file, await make());
    const printed = execFileSync(process.execPath, [program, contentType, file], { encoding: 'utf8' });
    const { outcome, seconds, mebibytes } = Measured.parse(JSON.parse(printed));
    const group = `Inspect the worst: ${name} (${outcome})`;
    rows.push({ group, name: 'CPU', value: seconds, unit: 's', budget: budget.seconds });
    rows.push({ group, name: 'memory', value: mebibytes, unit: 'MiB', budget: budget.mebibytes });
  }
  return rows;
}
