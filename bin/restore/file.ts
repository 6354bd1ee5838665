import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import type { restore } from './restore.ts';

/** The file that says which stage uses restored tables. The local stack's tests have one of their own. */
const file = path.resolve(process.env['STORM_RESTORED'] || 'restored.json');

/** What `restored.json` has, by stage. `readSettings` parses it. */
export const restoredStages = (): object => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});

/** Notes the restored tables of a stage. Returns the path of the file. */
export function noteRestored(stage: string, restored: Awaited<ReturnType<typeof restore>>): string {
  writeFileSync(file, `${JSON.stringify({ ...restoredStages(), [stage]: restored }, undefined, 2)}\n`);
  return file;
}
