/** Runs the whole chat and rebuilds what changes: `npm run dev`. Further arguments are those of `npm start`. */
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import * as path from 'node:path';
import { projectRoot } from '#lib/handlers.ts';
import { lockDataDir } from '#local/lock.ts';
import { synthesize } from '#local/synth.ts';
import { StackError } from '#local/types.ts';
import { watchFolder } from '#local/watch-folder.ts';
import { assetFolders } from './assets.ts';
import { functionsBuild } from './functions.ts';
import { buildPage } from './page.ts';

const dataDir = path.resolve(process.env['STORM_DATA'] || '.storm');
// Not the one of `npm start`: what is written into this one is built for development.
const devDir = path.join(dataDir, 'dev');
const assemblyDir = path.join(devDir, 'cdk.out');

try {
  await main();
} catch (error) {
  console.error(error instanceof StackError ? `✗ ${error.message}` : error);
  process.exit(1);
}

async function main(): Promise<void> {
  // Not under the feet of a stack that runs on it.
  const unlock = lockDataDir(dataDir);
  await synthesize(projectRoot, devDir, assemblyDir, () => console.log('Synthesizing the app …')).finally(unlock);
  const folders = assetFolders(assemblyDir);
  const buildFunctions = await functionsBuild(folders.functions);
  await Promise.all([buildFunctions(), buildPage(folders.page)]);
  runStack();
  onChange(['lambdas', 'core', 'adapters', 'protocol'], buildFunctions);
  onChange(['web', 'client', 'protocol'], () => buildPage(folders.page));
  const restart = async () => console.log('The CDK app has changed: stop with Ctrl-C and start again.');
  onChange(['lib', 'bin'], restart);
  watch(projectRoot, (_, file) => file === 'cdk.json' && restart());
}

/** Builds when files of some folders change, one build after the other. What fails is told, and what runs stays. */
function onChange(folders: readonly string[], build: () => Promise<void>): void {
  const tell = (error: unknown) => console.error(`✗ ${error instanceof Error ? error.message : error}`);
  let last = Promise.resolve();
  const next = async () => {
    last = last.then(build).catch(tell);
  };
  for (const folder of folders) watchFolder(path.join(projectRoot, folder), next, tell);
}

/** Runs the stack in a process of its own, and ends with it. */
function runStack(): void {
  const args = ['local/bin.ts', '--watch', '--assembly', assemblyDir, ...process.argv.slice(2)];
  const stack = spawn(process.execPath, args, { cwd: projectRoot, stdio: 'inherit' });
  stack.once('exit', (code) => process.exit(code ?? 1));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stack.kill(signal));
}
