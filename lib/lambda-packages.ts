import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as z from 'zod/mini';
import { projectRoot } from './handlers.ts';

/** The platform of all functions, in the words of npm. Lambda runs them on Amazon Linux, whose C library is glibc. */
const lambdaPlatform = { os: 'linux', cpu: 'arm64', libc: 'glibc' };

const Lock = z.object({ packages: z.record(z.string(), z.looseObject({ version: z.optional(z.string()) })) });
const Dependencies = z.object({
  dependencies: z._default(z.record(z.string(), z.string()), {}),
  optionalDependencies: z._default(z.record(z.string(), z.string()), {}),
});
const Platform = z.object({
  os: z.optional(z.array(z.string())),
  cpu: z.optional(z.array(z.string())),
  libc: z.optional(z.array(z.string())),
});
const FailedCommand = z.object({ stderr: z.string() });

/** Installs what the package-lock.json of a folder names. Throws if it can't, or if the content of a package isn't the locked one. */
export type Install = (folder: string) => void;

/** The part of this project's package-lock.json that some packages need, and the package.json that fits it. */
function lockOf(names: readonly string[], lockFile: string = path.join(projectRoot, 'package-lock.json')) {
  const { packages: all } = Lock.parse(JSON.parse(readFileSync(lockFile, 'utf8')));
  const packages: typeof all = {};
  const add = (name: string, parent: string) => {
    // A package finds another one in its own folder, or in the nearest one above it.
    let folder = parent;
    while (folder && !all[`${folder}/node_modules/${name}`])
      folder = folder.replace(/\/?node_modules\/[^/]+(?:\/[^/]+)?$/, '');
    const key = folder ? `${folder}/node_modules/${name}` : `node_modules/${name}`;
    const locked = all[key];
    if (!locked || packages[key]) return;
    packages[key] = locked;
    const { dependencies, optionalDependencies } = Dependencies.parse(locked);
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) add(needed, key);
  };
  for (const name of names) add(name, '');
  const dependencies = Object.fromEntries(names.map((name) => [name, packages[`node_modules/${name}`]?.version ?? '']));
  const manifest = { name: 'lambda-packages', private: true, dependencies };
  return { manifest, lock: { ...manifest, lockfileVersion: 3, packages: { '': manifest, ...packages } } };
}

/**
 * The `node_modules` with some packages as they are for Lambda, whatever this machine is. npm installs the locked versions from
 * the registry and compares their integrity. They are kept in `node_modules/.cache`, so the registry is needed once a version.
 * Throws, and says what is needed, if it can't be reached.
 */
export function lambdaPackages(
  names: readonly string[],
  install: Install = npmInstall,
  cache: string = path.join(projectRoot, 'node_modules', '.cache', 'lambda-packages'),
): string {
  const { manifest, lock } = lockOf(names);
  const hash = createHash('sha256').update(JSON.stringify([lambdaPlatform, lock]));
  const folder = path.join(cache, hash.digest('hex').slice(0, 16));
  const installed = path.join(folder, 'node_modules');
  if (existsSync(installed)) return installed;
  mkdirSync(cache, { recursive: true });
  // Only what is complete gets the name that is looked for. Two that synthesize at once don't disturb each other.
  const unfinished = mkdtempSync(path.join(cache, 'unfinished-'));
  try {
    writeFileSync(path.join(unfinished, 'package.json'), JSON.stringify(manifest));
    writeFileSync(path.join(unfinished, 'package-lock.json'), JSON.stringify(lock));
    install(unfinished);
    checkPlatform(unfinished, lock.packages);
    if (!existsSync(installed)) renameSync(unfinished, folder);
  } catch (error) {
    if (!existsSync(installed)) throw new Error(explain(names, error), { cause: error });
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return installed;
}

/** Throws if a package for Lambda's platform is missing, as it is after an npm that doesn't know the options for the platform. */
function checkPlatform(folder: string, packages: Readonly<Record<string, unknown>>): void {
  for (const [key, locked] of Object.entries(packages)) {
    const { os, cpu, libc = [lambdaPlatform.libc] } = Platform.parse(locked);
    const isWanted =
      os?.includes(lambdaPlatform.os) && cpu?.includes(lambdaPlatform.cpu) && libc.includes(lambdaPlatform.libc);
    if (isWanted && !existsSync(path.join(folder, key)))
      throw new Error(`npm left out ${key}. Is it older than npm 10?`);
  }
}

function npmInstall(folder: string): void {
  const platform = Object.entries(lambdaPlatform).map(([key, value]) => `--${key}=${value}`);
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  // By default npm waits for a minute before it says that there is no network.
  const network = ['--prefer-offline', '--fetch-retries=2', '--fetch-retry-mintimeout=1000'];
  execFileSync('npm', ['ci', ...platform, '--ignore-scripts', ...network, ...quiet], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    // On Windows npm is a script of the shell.
    shell: process.platform === 'win32',
  });
}

function explain(names: readonly string[], error: unknown): string {
  const { data } = FailedCommand.safeParse(error);
  return (
    `Functions run on Linux on arm64, and npm could not install ${names.join(' and ')} for it. This needs the package registry, ` +
    'once for each version. (`npm start` does without it.)\n' +
    (data?.stderr.trim() || String(error))
  );
}
