import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { transformSync } from 'esbuild';
import { defineConfig, type Plugin } from 'vite';
import { emoji } from './emoji/emoji-plugin.ts';
import { firstLoadBudget, firstLoadBytes } from './first-load.ts';
import { floorPlugin } from './floor/floor-plugin.ts';

const font = path.join(import.meta.dirname, '..', 'node_modules', '@fontsource-variable', 'inter');

/** The licence of the font, which wants to be passed on with it. Vite's own list has only the packages of scripts. */
const fontLicence: Plugin = {
  name: 'font-licence',
  generateBundle() {
    const source = readFileSync(path.join(font, 'LICENSE'), 'utf8');
    this.emitFile({ type: 'asset', fileName: 'third-party-font.txt', source });
  },
};

/** Leaves out the comments of the script that runs before the first paint, which Vite copies as it is. */
const smallTheme: Plugin = {
  name: 'small-theme',
  writeBundle({ dir = '' }) {
    const file = path.join(dir, 'theme.js');
    writeFileSync(file, transformSync(readFileSync(file, 'utf8'), { minify: true }).code);
  },
};

/** Fails the build if the first load is too large: rare parts belong into `lazy` components. */
const firstLoad: Plugin = {
  name: 'first-load',
  enforce: 'post',
  // Other builds have checks of the libraries in them, and those of `npm run dev` aren't minified.
  apply: (_, { mode }) => mode === 'production' && process.env['NODE_ENV'] === 'production',
  writeBundle({ dir = '' }) {
    const bytes = firstLoadBytes(dir);
    if (bytes > firstLoadBudget) this.error(`The first load has ${bytes} bytes, more than ${firstLoadBudget}.`);
  },
};

/** The oldest browsers in which the page works (`browserslist` in package.json), as Vite names them: `safari17.5`. */
function browsers(): string[] {
  const { browserslist }: { browserslist: string[] } = JSON.parse(
    readFileSync(path.join(import.meta.dirname, '..', 'package.json'), 'utf8'),
  );
  return browserslist.map((one) => one.replace('ios_saf', 'ios').replace(/ >= /, ''));
}

/** Writes the service worker, with the names of the files that it keeps. Letters that few need are kept once they were used. */
const serviceWorker: Plugin = {
  name: 'service-worker',
  enforce: 'post',
  generateBundle(_, bundle) {
    const assets = Object.keys(bundle).filter(
      (name) => /^assets\/.*\.(js|css|woff2)$/.test(name) && !/latin-ext/.test(name),
    );
    const files = [
      '/',
      '/config.json',
      '/empty.svg',
      '/icon.svg',
      '/icon-unread.svg',
      '/manifest.json',
      '/theme.js',
      ...assets.map((name) => `/${name}`).sort(),
    ];
    const version = createHash('sha256').update(files.join()).digest('hex').slice(0, 12);
    const source = readFileSync(path.join(import.meta.dirname, 'worker', 'worker.js'), 'utf8')
      .replace("'__FILES__'", JSON.stringify(files))
      .replace('__VERSION__', version);
    this.emitFile({ type: 'asset', fileName: 'worker.js', source });
  },
};

export default defineConfig({
  plugins: [emoji, fontLicence, serviceWorker, smallTheme, firstLoad, floorPlugin],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: browsers(),
    emptyOutDir: true,
    // The page's content security policy allows no `data:` addresses and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One file for all that is loaded first: it compresses better than the parts that others share with it.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'page', test: /web.app.main\.tsx$/ }] } } },
    license: { fileName: 'third-party-notices.md' },
  },
});
