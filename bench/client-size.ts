import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Row } from './rows.ts';

const clientDir = path.join(import.meta.dirname, '..', 'client');

/** What a page has to load of the client: all of it, with what browsers need, as one minified module. */
export async function measureClientSize(): Promise<Row[]> {
  const contents = "export * from './index.ts'; export * from './browser.ts';";
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: clientDir, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  const [bundle] = outputFiles;
  if (!bundle) throw new Error('esbuild wrote nothing');
  const group = 'Client SDK, one minified module';
  return [
    { group, name: 'size', value: bundle.contents.length / 1024, unit: 'KB' },
    { group, name: 'size, gzip', value: gzipSync(bundle.contents, { level: 9 }).length / 1024, unit: 'KB', budget: 12 },
  ];
}
