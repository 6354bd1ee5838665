import * as path from 'node:path';
import { build, type Plugin } from 'vite';
import { projectRoot } from '#lib/handlers.ts';

/** Reloads the page when another build of it is served. All files are named by their content, so index.html tells. */
const reloading = `
let etag;
setInterval(async () => {
  const answer = await fetch('/', { method: 'HEAD', cache: 'no-store' }).catch(() => undefined);
  const now = answer?.headers.get('etag');
  if (!answer?.ok || !now) return;
  if (etag && etag !== now) location.reload();
  etag = now;
}, 300);`;

const reload: Plugin = {
  name: 'reload',
  transformIndexHtml: () => [{ tag: 'script', attrs: { type: 'module', src: '/reload.js' } }],
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'reload.js', source: reloading });
  },
};

/** Builds the page into a folder. It rejects where the code is wrong, and leaves what is there. */
export async function buildPage(outDir: string): Promise<void> {
  await build({
    root: path.join(projectRoot, 'web'),
    mode: 'development',
    logLevel: 'silent',
    plugins: [reload],
    build: { outDir, minify: false, sourcemap: true },
  });
}
