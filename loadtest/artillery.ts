import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { build } from 'esbuild';
import { engineFolder, environment, modules, scriptFile, usersFile } from './files.ts';

/** Where a task of Fargate keeps the files of a test, and Artillery's own modules (its `worker/Dockerfile` and `loadgen-worker`). */
const onTask = { files: '/artillery/test_data', modules: '/artillery/node_modules' };

/** How to run a script on tasks of Fargate. */
export interface Fargate {
  readonly workers: number;
  readonly region: string;
  /** After so many seconds Artillery stops all tasks. */
  readonly maxSeconds: number;
}

/**
 * Writes a script, its users and the engine as one file into a folder, so that a laptop and a task of Fargate run the same. Artillery
 * finds the engine by `NODE_PATH`.
 */
export async function prepare(folder: string, script: object, users: string): Promise<string> {
  fs.rmSync(folder, { recursive: true, force: true });
  const engine = path.join(folder, engineFolder);
  fs.mkdirSync(engine, { recursive: true, mode: 0o700 });
  await build({
    entryPoints: [path.join(import.meta.dirname, 'engine', 'index.ts')],
    outfile: path.join(engine, 'index.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    // What of `ws` is CommonJS asks for modules of Node.js by `require`.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    // Optional native parts of `ws`.
    external: ['bufferutil', 'utf-8-validate'],
    logLevel: 'error',
  });
  fs.writeFileSync(
    path.join(engine, 'package.json'),
    JSON.stringify({ name: 'artillery-engine-storm', main: 'index.mjs' }),
  );
  fs.copyFileSync(users, path.join(folder, usersFile));
  const file = path.join(folder, scriptFile);
  fs.writeFileSync(file, JSON.stringify(script, null, 2));
  return file;
}

/** Runs a prepared script. Resolves with Artillery's exit code, which isn't 0 if a condition of `ensure` doesn't hold. */
export async function runArtillery(script: string, report: string, fargate?: Fargate): Promise<number> {
  const folder = path.dirname(script);
  const where = fargate
    ? [
        'run-fargate',
        ...['--count', String(fargate.workers), '--region', fargate.region, '--max-duration', `${fargate.maxSeconds}s`],
        ...['--launch-config', JSON.stringify({ environment: environmentOfTask })],
      ]
    : ['run'];
  const bin = path.join(import.meta.dirname, 'node_modules', 'artillery', 'bin', 'run');
  if (!fs.existsSync(bin)) throw new Error('Artillery is not installed here: npm --prefix loadtest ci');
  const args = [bin, ...where, '--environment', environment, '--output', report, script];
  const child = spawn(process.execPath, args, {
    stdio: 'inherit',
    env: { ...process.env, NODE_PATH: path.join(folder, modules), ARTILLERY_DISABLE_TELEMETRY: 'true' },
  });
  const [code] = await once(child, 'exit');
  return Number(code ?? 1);
}

const environmentOfTask = [{ name: 'NODE_PATH', value: `${onTask.modules}:${onTask.files}/${modules}` }];
