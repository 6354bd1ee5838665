import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Synthesizes the app into a folder of its own. */
export function synthesizeApp(): Disposable & { readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'assembly-'));
  execFileSync(process.execPath, ['bin/storm.ts'], { env: { ...process.env, CDK_OUTDIR: folder }, stdio: 'pipe' });
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}
