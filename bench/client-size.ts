import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Row } from './rows.ts';

const clientDir = path.join(import.meta.dirname, '..', 'client');

/** Measures the client as one minified module, which is how a page loads it. */
export async function measureClientSize(): Promise<Row[]> {
  const { outputFiles } = await build({
    entryPoints: [path.join(clientDir, 'index.ts')],
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
    {
      group,
      name: 'size, gzip',
      value: gzipSync(bundle.contents, { level: 9 }).length / 1024,
      unit: 'KB',
      budget: 16,
    },
  ];
}
