import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { buildSync } from 'esbuild';
import * as z from 'zod/mini';
import { codeByName, handlerOptions, lambdas } from '#lib/handlers.ts';

const Manifest = z.object({ dependencies: z.record(z.string(), z.string()) });

const git = (...args: string[]) =>
  execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/**
 * The commit of the release before this one: the last tag `v…` before HEAD. Without any it is what `main` had before this branch, or
 * on `main` itself the commit before. Undefined if the checkout has no history.
 */
export function formerCommit(): string | undefined {
  if (git('rev-list', '--count', '--max-count=2', 'HEAD') !== '2') return undefined;
  const [head, former] = [git('rev-parse', 'HEAD'), git('rev-parse', 'HEAD^')];
  for (const ask of [
    () => git('describe', '--tags', '--match', 'v*', '--abbrev=0', former),
    () => git('merge-base', head, 'origin/main'),
    () => git('merge-base', head, 'main'),
  ]) {
    try {
      const found = git('rev-list', '-n', '1', ask());
      if (found !== head) return found;
    } catch {
      // There is no such tag or branch.
    }
  }
  return former;
}

/** Writes the files of a commit into a folder, where they find today's packages, and their own ones of this project. */
export function checkOut(commit: string, folder: string): void {
  const archive = execFileSync('git', ['archive', commit], { maxBuffer: 1024 ** 3 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  const packages = path.join(folder, 'node_modules');
  fs.mkdirSync(packages);
  for (const name of fs.readdirSync('node_modules'))
    fs.symlinkSync(path.resolve('node_modules', name), path.join(packages, name));
  for (const [name, own] of [
    ['storm-chat-protocol', 'protocol'],
    ['storm-chat-client', 'client'],
  ] as const) {
    fs.rmSync(path.join(packages, name), { force: true });
    fs.symlinkSync(path.join(folder, own), path.join(packages, name));
  }
}

/**
 * Installs the packages that the functions of a checked out commit need and this project has no more, into the folder around it, where
 * Node.js and esbuild look, too.
 */
export function addMissingPackages(folder: string): void {
  const { dependencies } = Manifest.parse(JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')));
  const missing = Object.entries(dependencies).filter(([name]) => !fs.existsSync(path.join('node_modules', name)));
  if (missing.length === 0) return;
  const packages = missing.map(([name, version]) => `${name}@${version}`);
  const args = [
    'install',
    '--silent',
    '--no-save',
    '--ignore-scripts',
    '--prefer-offline',
    '--prefix',
    path.dirname(folder),
  ];
  execFileSync('npm', [...args, ...packages], { stdio: 'inherit' });
}

/** Bundles the functions of a checked out commit, and returns their code by name. */
export function bundlesOf(folder: string): Map<string, Uint8Array> {
  const within = (file: string) => path.join(folder, path.relative(path.dirname(lambdas), file));
  const options = handlerOptions();
  const { outputFiles } = buildSync({
    ...options,
    absWorkingDir: folder,
    entryPoints: fs.globSync(within(path.join(lambdas, '*', 'handler.ts'))),
    outbase: within(lambdas),
    outdir: within(lambdas),
    alias: Object.fromEntries(Object.entries(options.alias).map(([name, file]) => [name, within(file)])),
  });
  return codeByName(outputFiles);
}

/** Hands the events of a function to the former code and to this release's by turns, and to this release's once there is a file. */
const byTurns = `
import { existsSync } from 'node:fs';
import { handler as former } from './former.mjs';
import { handler as present } from './present.mjs';
let turn = 0;
export const handler = (event, context) =>
  (turn++ % 2 || existsSync(new URL('shifted', import.meta.url)) ? present : former)(event, context);
`;

/** Changes a function of an assembly so that both versions handle its events by turns, as in the middle of a canary. */
export function mixIn(former: Uint8Array, codeDir: string): void {
  fs.renameSync(path.join(codeDir, 'handler.mjs'), path.join(codeDir, 'present.mjs'));
  fs.writeFileSync(path.join(codeDir, 'former.mjs'), former);
  fs.writeFileSync(path.join(codeDir, 'handler.mjs'), byTurns);
}

/** Lets this release's code handle all events of a function, as after a canary. */
export function shift(codeDir: string): void {
  fs.writeFileSync(path.join(codeDir, 'shifted'), '');
}
