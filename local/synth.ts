import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as z from 'zod/mini';
import { StackError } from './types.ts';

const CdkJson = z.object({
  app: z.string(),
  watch: z._default(
    z.object({
      include: z._default(z.union([z.string(), z.array(z.string())]), '**'),
      exclude: z._default(z.union([z.string(), z.array(z.string())]), []),
    }),
    { include: '**', exclude: [] },
  ),
  context: z._default(z.record(z.string(), z.unknown()), {}),
});

/** The context value by which an app knows that it is synthesized for this machine, for example to give functions its machine code. */
const LOCAL_CONTEXT = 'cdk-local-stack';

const ALWAYS_EXCLUDED = ['**/node_modules/**', '**/.git/**', '**/cdk.out/**'];

/**
 * Runs the app that the folder's `cdk.json` names, as the CDK's command line does. It skips this if no file that `cdk.json` watches has
 * changed since the last time. Returns whether the app was run. @throws StackError with the output of an app that fails.
 * @param onStart called before the app runs
 */
export async function synthesize(
  projectDir: string,
  dataDir: string,
  assemblyDir: string,
  onStart: () => void,
): Promise<boolean> {
  const { app, watch, context } = readCdkJson(projectDir);
  const stampFile = path.join(dataDir, 'synth.stamp');
  const exclude = [...ALWAYS_EXCLUDED, `${path.relative(projectDir, dataDir)}/**`, ...[watch.exclude].flat()];
  const stamp = fingerprint(projectDir, [watch.include].flat(), exclude);
  if (readIfThere(stampFile) === stamp && fs.existsSync(path.join(assemblyDir, 'manifest.json'))) return false;
  onStart();
  fs.rmSync(stampFile, { force: true });
  fs.rmSync(assemblyDir, { recursive: true, force: true });
  fs.mkdirSync(dataDir, { recursive: true });
  const localContext = { ...context, [LOCAL_CONTEXT]: true };
  await run(app, projectDir, {
    CDK_OUTDIR: assemblyDir,
    CDK_CONTEXT_JSON: JSON.stringify(localContext),
    // The CDK holds templates to CloudFormation's schemas, which takes longer than to make them. `cdk synth` and `cdk deploy` still do.
    CDK_VALIDATION: 'false',
  });
  fs.writeFileSync(stampFile, stamp);
  return true;
}

function readCdkJson(projectDir: string): z.output<typeof CdkJson> {
  const file = path.join(projectDir, 'cdk.json');
  const text = readIfThere(file);
  if (text === undefined)
    throw new StackError(`There is no cdk.json in ${projectDir}: name an assembly with --assembly.`);
  try {
    return CdkJson.parse(JSON.parse(text));
  } catch (error) {
    throw new StackError(`Can't read ${file}: ${error instanceof Error ? error.message : error}`);
  }
}

/** Returns a hash over the path, size and modification time of all watched files. */
function fingerprint(projectDir: string, include: readonly string[], exclude: readonly string[]): string {
  const patterns = [...include, 'cdk.json', 'package-lock.json'].flatMap((pattern) => [pattern, `${pattern}/**`]);
  const hash = createHash('sha256').update(process.version);
  for (const file of [...new Set(fs.globSync(patterns, { cwd: projectDir, exclude }))].sort()) {
    const stats = fs.statSync(path.join(projectDir, file));
    if (stats.isFile()) hash.update(`${file} ${stats.size} ${stats.mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function readIfThere(file: string): string | undefined {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}

function run(command: string, cwd: string, environment: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, {
      cwd,
      shell: true,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new StackError(`${command} failed:\n${Buffer.concat(output).toString().trimEnd()}`));
    });
  });
}
