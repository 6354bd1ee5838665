import { cpSync, existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import * as z from 'zod/mini';

const Manifest = z.object({
  dependencies: z._default(z.record(z.string(), z.string()), {}),
  optionalDependencies: z._default(z.record(z.string(), z.string()), {}),
});

/** Copies packages and their dependencies, as they are installed for this machine, into the `node_modules` of a folder. */
export function copyPackages(names: readonly string[], nodeModules: string, folder: string): void {
  const copied = new Set<string>();
  const copy = (name: string) => {
    const source = path.join(nodeModules, name);
    // A missing package is an optional one for another machine.
    if (copied.has(name) || !existsSync(source)) return;
    copied.add(name);
    cpSync(source, path.join(folder, 'node_modules', name), { recursive: true, dereference: true });
    const { dependencies, optionalDependencies } = Manifest.parse(
      JSON.parse(readFileSync(path.join(source, 'package.json'), 'utf8')),
    );
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) copy(needed);
  };
  for (const name of names) copy(name);
}

/** The architecture of functions that contain packages of this machine. Throws if Lambda doesn't have this machine's platform. */
export function nativeArchitecture(platform: string = process.platform, arch: string = process.arch): Architecture {
  if (platform === 'linux' && arch === 'arm64') return Architecture.ARM_64;
  if (platform === 'linux' && arch === 'x64') return Architecture.X86_64;
  throw new Error(
    `Functions need sharp as built for Linux on arm64 or x64, and this is ${platform} on ${arch}. ` +
      'Synthesize and deploy in a Linux container or in CI.',
  );
}
