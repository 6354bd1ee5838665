import { hash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { lockDataDir } from './lock.ts';
import { StackError } from './types.ts';

/** The folder for the data of the app of this folder, whose assembly is `cdk.out` or in `.storm`, or of another app: each has its own. */
export function defaultDataDir(assembly: string | undefined): string {
  const isOwn = assembly === undefined || /^(cdk\.out$|\.storm\b)/.test(path.relative('.', assembly));
  if (isOwn) return '.storm';
  const app = path.basename(assembly) === 'cdk.out' ? path.basename(path.dirname(assembly)) : path.basename(assembly);
  return path.join('.storm', 'apps', `${app}-${hash('sha256', assembly).slice(0, 8)}`);
}

/** What a data folder may have besides data: other folders of data, and what was synthesized. */
const kept = new Set(['apps', 'cdk.out', 'dev', 'synth.stamp']);

/**
 * Removes the data of earlier starts, if there are any. @throws StackError when a stack runs on them, or when the folder isn't one of this
 * stack, so that nothing else is removed.
 */
export function removeData(dataDir: string): void {
  const entries = fs.existsSync(dataDir) ? fs.readdirSync(dataDir).filter((entry) => !kept.has(entry)) : [];
  if (!entries.length) return;
  if (!entries.includes('outputs.json') && !entries.includes('services.port'))
    throw new StackError(`${dataDir} has other files than those of a local stack, so --fresh removes nothing.`);
  const unlock = lockDataDir(dataDir);
  for (const entry of entries) fs.rmSync(path.join(dataDir, entry), { recursive: true, force: true });
  unlock();
}
