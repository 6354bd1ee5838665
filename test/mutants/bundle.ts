import * as fs from 'node:fs';
import * as path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { assetFolders } from '#dev/assets.ts';
import { codeByName, handlerOptions, projectRoot } from '#lib/handlers.ts';
import type { Edit } from './catalogue.ts';

/** The text with an edit. Throws unless the text to replace occurs exactly once. */
export function edited(text: string, { file, find, replace }: Edit): string {
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`${file} has it ${parts.length - 1} times: ${find}`);
  return parts.join(replace);
}

/** Bundles the functions with some edits, and puts them into an assembly. */
export async function install(assembly: string, edits: readonly Edit[]): Promise<void> {
  const texts = new Map<string, string>();
  for (const edit of edits) {
    const file = path.join(projectRoot, edit.file);
    texts.set(file, edited(texts.get(file) ?? fs.readFileSync(file, 'utf8'), edit));
  }
  const plugin: Plugin = {
    name: 'mutation',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, (load) => {
        const contents = texts.get(load.path);
        return contents === undefined ? undefined : { contents, loader: 'ts' };
      });
    },
  };
  const { outputFiles } = await build({ ...handlerOptions(), absWorkingDir: projectRoot, plugins: [plugin] });
  const folders = assetFolders(assembly).functions;
  for (const [name, code] of codeByName(outputFiles)) {
    const folder = folders.get(name);
    if (folder !== undefined) fs.writeFileSync(path.join(folder, 'handler.mjs'), code);
  }
}
