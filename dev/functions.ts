import { renameSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { build, context } from 'esbuild';
import { codeByName, handlerOptions } from '#lib/handlers.ts';

/**
 * Gives a function that builds the functions whose code has changed since its last call, at first all, and writes them into their
 * folders. It rejects where the code is wrong.
 */
export async function functionsBuild(folders: ReadonlyMap<string, string>): Promise<() => Promise<void>> {
  const options = { ...handlerOptions(), logLevel: 'silent' as const };
  // To bundle all functions takes seconds, nearly all of them for packages. Without packages it shows at once which have changed.
  const withoutPackages = await context({ ...options, packages: 'external' });
  let before: ReadonlyMap<string, Uint8Array> = new Map();
  return async () => {
    const now = codeByName((await withoutPackages.rebuild()).outputFiles);
    const entryPoints = options.entryPoints.filter((entryPoint) => {
      const name = path.basename(path.dirname(entryPoint));
      const [old, code] = [before.get(name), now.get(name)];
      return old === undefined || code === undefined || Buffer.compare(old, code) !== 0;
    });
    if (entryPoints.length === 0) return;
    const { outputFiles } = await build({ ...options, entryPoints });
    for (const [name, code] of codeByName(outputFiles)) write(code, folders.get(name));
    before = now;
  };
}

/** Writes the code of a function into its folder, which a new function lacks until the CDK app has it. */
function write(code: Uint8Array, folder: string | undefined): void {
  if (folder === undefined) return;
  const file = path.join(folder, 'handler.mjs');
  // A worker that starts meanwhile must not read half of it.
  writeFileSync(`${file}.new`, code);
  renameSync(`${file}.new`, file);
}
