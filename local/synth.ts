import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as z from 'zod/mini';
import { readJson } from './json-file.ts';
import { StackError } from './types.ts';
import { watchFolder } from './watch-folder.ts';

const patterns = z.union([z.string(), z.array(z.string())]);
const Watch = z.object({ include: z._default(patterns, '**'), exclude: z._default(patterns, []) });
const CdkJson = z.object({
  app: z.string(),
  build: z.optional(z.string()),
  watch: z._default(Watch, { include: '**', exclude: [] }),
  context: z._default(z.record(z.string(), z.unknown()), {}),
});

const CdkContext = z.record(z.string(), z.unknown());

/** The context value by which an app knows that it is synthesized for this machine, for example to give functions its machine code. */
const LOCAL_CONTEXT = 'cdk-local-stack';

/** The names of folders that have nothing of an app's own. */
const ALWAYS_EXCLUDED = ['node_modules', '.git', 'cdk.out'];

/** What `cdk init` excludes as compiled, and functions are often written in. */
const compiled = /\*\.(js|d\.ts)$/;

/**
 * Runs the app that the folder's `cdk.json` names, as the CDK's command line does. It skips this if no file that `cdk.json` watches has
 * changed since the last time. Returns whether the app was run. @throws StackError with the output of an app that fails.
 * @param onStart called before the app runs
 * @param isInUse whether a stack runs on the assembly: then its assets stay, and the new manifest is written beside them
 */
export async function synthesize(
  projectDir: string,
  dataDir: string,
  assemblyDir: string,
  onStart: () => void = () => {},
  isInUse = false,
): Promise<boolean> {
  const { app, build, watch, context } = readCdkJson(projectDir);
  const stampFile = path.join(dataDir, 'synth.stamp');
  const always = [
    ...ALWAYS_EXCLUDED.map((name) => `**/${name}`),
    path.relative(projectDir, dataDir).replaceAll(path.sep, '/'),
  ];
  const stampOf = (excluded: readonly string[]) =>
    fingerprint(projectDir, [watch.include].flat(), [...always.map((folder) => `${folder}/**`), ...excluded]);
  const excluded = [watch.exclude].flat();
  const sources = () => stampOf(excluded);
  const all = () => stampOf(excluded.filter((pattern) => !compiled.test(pattern)));
  if (readIfThere(stampFile) === all() && fs.existsSync(path.join(assemblyDir, 'manifest.json'))) return false;
  onStart();
  fs.rmSync(stampFile, { force: true });
  if (!isInUse) fs.rmSync(assemblyDir, { recursive: true, force: true });
  fs.mkdirSync(dataDir, { recursive: true });
  const before = sources();
  // What the CDK has looked up in AWS, and keeps with the app.
  const lookedUp = readJson(path.join(projectDir, 'cdk.context.json'), CdkContext);
  const localContext = { ...lookedUp, ...context, [LOCAL_CONTEXT]: true };
  if (build) await run(build, projectDir, {});
  await run(app, projectDir, {
    CDK_OUTDIR: assemblyDir,
    CDK_CONTEXT_JSON: JSON.stringify(localContext),
    // The CDK holds templates to CloudFormation's schemas, which takes longer than to make them. `cdk synth` and `cdk deploy` still do.
    CDK_VALIDATION: 'false',
  });
  // What the app compiled meanwhile is no change, and what somebody has written meanwhile is one.
  if (sources() === before) fs.writeFileSync(stampFile, all());
  return true;
}

type Again = () => Promise<unknown>;

/**
 * Calls `again` whenever a file of the project has changed, until the function that comes back is called. `tell` gets what went wrong.
 */
export function keepSynthesized(projectDir: string, dataDir: string, again: Again, tell: (error: unknown) => void) {
  const skips = (folder: string) => ALWAYS_EXCLUDED.includes(path.basename(folder)) || folder === dataDir;
  return watchFolder(projectDir, again, tell, skips);
}

/** Reads the `cdk.json` of a project. @throws StackError if there is none, or one that the stack can't use. */
export function readCdkJson(projectDir: string): z.output<typeof CdkJson> {
  const found = readJson(path.join(projectDir, 'cdk.json'), CdkJson);
  if (found) return found;
  throw new StackError(
    `There is no cdk.json in ${projectDir}, and no manifest.json: name the folder of a CDK app, or what cdk synth wrote, such as cdk.out.`,
  );
}

/** Returns a hash over the path, size and modification time of all watched files. */
function fingerprint(projectDir: string, include: readonly string[], exclude: readonly string[]): string {
  const patterns = [...include, 'cdk.json', 'cdk.context.json', 'package-lock.json'].flatMap((pattern) => [
    pattern,
    `${pattern}/**`,
  ]);
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
    const env = { ...process.env, ...environment };
    const child = spawn(command, { cwd, shell: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
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
