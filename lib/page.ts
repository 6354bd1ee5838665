import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import { AssetHashType, DockerImage, FileSystem, type Stack, Stage } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { projectRoot } from './handlers.ts';

/** The files and folders that the built page depends on. */
const inputs = ['web', 'client', 'protocol', 'package-lock.json'];

/** What a thread runs. It says how that ended: 1 if it went well. */
const runner = `
  const { execFileSync } = require('node:child_process');
  const { args, options, outcome } = require('node:worker_threads').workerData;
  let ended = 2;
  try {
    execFileSync(process.execPath, args, options);
    ended = 1;
  } finally {
    Atomics.store(outcome, 0, ended);
    Atomics.notify(outcome, 0);
  }`;

/** A page that is being built. */
interface Building {
  readonly folder: string;
  readonly outcome: Int32Array;
}

let begun: Building | undefined;

/**
 * Begins to build the page if nothing is in the output folder yet, so that it will be needed. The CDK waits for each asset before it goes on
 * to the next, and this way the page is built while the functions are.
 */
export function beginPage(stack: Stack): void {
  const outDir = Stage.of(stack)?.assetOutdir;
  if (stack.bundlingRequired && outDir !== undefined && readdirSync(outDir).length === 0) begun = begin();
}

/** The page as an asset. Vite builds it, unless an asset from the same inputs exists in the output folder. */
export function page(scope: Construct, id: string): Asset {
  const hash = createHash('sha256');
  for (const input of inputs) hash.update(FileSystem.fingerprint(path.join(projectRoot, input)));
  return new Asset(scope, id, {
    path: path.join(projectRoot, 'web'),
    assetHashType: AssetHashType.CUSTOM,
    assetHash: hash.digest('hex'),
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      local: {
        tryBundle(outputDir) {
          const { folder, outcome } = begun ?? begin();
          begun = undefined;
          Atomics.wait(outcome, 0, 0, patienceMs);
          if (outcome[0] === 1) cpSync(folder, outputDir, { recursive: true });
          rmSync(folder, { recursive: true });
          if (outcome[0] !== 1) throw new Error('Vite could not build the page');
          return true;
        },
      },
    },
  });
}

/** The build takes seconds. What takes so long will never end. */
const patienceMs = 300_000;

function begin(): Building {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'page-'));
  const outcome = new Int32Array(new SharedArrayBuffer(4));
  const vite = path.join(projectRoot, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', 'web', '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn'];
  // A test sets another environment, but has to see what is deployed. All output goes to the standard error output.
  const options = { cwd: projectRoot, env: { ...process.env, NODE_ENV: 'production' }, stdio: ['ignore', 2, 2] };
  new Worker(runner, { eval: true, workerData: { args, options, outcome } }).unref();
  // If the synthesis fails meanwhile, nobody takes the page. Vite would go on, and make the folder anew.
  process.once('exit', () => {
    Atomics.wait(outcome, 0, 0, patienceMs);
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, outcome };
}
