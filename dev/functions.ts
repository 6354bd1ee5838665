import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { context } from 'esbuild';
import { codeByName, handlerOptions } from '#lib/handlers.ts';

/** Gives what builds the functions and writes those that changed into their folders. It rejects where the code is wrong. */
export async function functionsBuild(folders: ReadonlyMap<string, string>): Promise<() => Promise<void>> {
  const build = await context({ ...handlerOptions(), logLevel: 'silent' });
  return async () => {
    const { outputFiles } = await build.rebuild();
    for (const [name, code] of codeByName(outputFiles)) {
      const folder = folders.get(name);
      // A new function; it runs once the CDK app has it.
      if (folder === undefined) continue;
      const file = path.join(folder, 'handler.mjs');
      if (readFileSync(file).equals(code)) continue;
      // A worker that starts meanwhile must not read half of it.
      writeFileSync(`${file}.new`, code);
      renameSync(`${file}.new`, file);
    }
  };
}
