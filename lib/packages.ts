import { cpSync, existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as z from 'zod/mini';

const Manifest = z.object({
  dependencies: z._default(z.record(z.string(), z.string()), {}),
  optionalDependencies: z._default(z.record(z.string(), z.string()), {}),
});

/** Copies packages and their dependencies from one `node_modules` into that of a folder. */
export function copyPackages(names: readonly string[], nodeModules: string, folder: string): void {
  const copied = new Set<string>();
  const copy = (name: string) => {
    const source = path.join(nodeModules, name);
    // A missing package is an optional one for another platform.
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
