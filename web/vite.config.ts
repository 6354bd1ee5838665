import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const font = path.join(import.meta.dirname, '..', 'node_modules', '@fontsource-variable', 'inter');

/** The licence of the font, which wants to be passed on with it. Vite's own list has only the packages of scripts. */
const fontLicence: Plugin = {
  name: 'font-licence',
  generateBundle() {
    const source = readFileSync(path.join(font, 'LICENSE'), 'utf8');
    this.emitFile({ type: 'asset', fileName: 'third-party-font.txt', source });
  },
};

/** The oldest browsers in which the page works (`browserslist` in package.json), as Vite names them: `safari17.5`. */
function browsers(): string[] {
  const { browserslist }: { browserslist: string[] } = JSON.parse(
    readFileSync(path.join(import.meta.dirname, '..', 'package.json'), 'utf8'),
  );
  return browserslist.map((one) => one.replace('ios_saf', 'ios').replace(/ >= /, ''));
}

export default defineConfig({
  plugins: [fontLicence],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: browsers(),
    emptyOutDir: true,
    // The page's content security policy allows no `data:` addresses and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'third-party-notices.md' },
  },
});
