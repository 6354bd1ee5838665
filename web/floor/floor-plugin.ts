import { join } from 'node:path';
import type { Plugin } from 'vite';
import { tooNew } from './scripts.ts';
import { tooNewInStyles } from './styles.ts';
import { floorOf } from './support.ts';

/** What the page uses although browsers of the floor lack it, and what becomes of it there. */
const tolerated = new Set([
  // Preact asks whether it is there, and the signals make do with another symbol.
  'moveBefore',
  'Symbol.dispose',
  // It stands there with its prefix, too.
  'user-select',
  // Safari forces no colours, a finger has no cursor, and fields keep their height on iOS.
  'forced-color-adjust',
  'cursor',
  'resize',
  // It turns off what Safari doesn't do by itself, and what only iOS does.
  'overflow-anchor',
  '-webkit-touch-callout',
  // A script gives the field its height (composer/fitting-height.ts).
  'field-sizing',
]);

/** Fails the build if the page uses what the oldest browsers of `browserslist` lack. Vite compiles the syntax, but adds no functions. */
export const floorPlugin: Plugin = {
  name: 'floor',
  enforce: 'post',
  // Other builds have checks of the libraries in them.
  apply: (_, { mode }) => mode === 'production' && process.env['NODE_ENV'] === 'production',
  generateBundle(_, bundle) {
    const floor = floorOf(join(import.meta.dirname, '..', '..', 'package.json'));
    const files = Object.values(bundle);
    const scripts = files.flatMap((file) => (file.type === 'chunk' ? file.code : []));
    const sheets = files.flatMap((file) =>
      file.type === 'asset' && file.fileName.endsWith('.css') ? String(file.source) : [],
    );
    const all = [...tooNew(scripts, floor), ...sheets.flatMap((sheet) => tooNewInStyles(sheet, floor))];
    const found = new Set(
      all.flatMap(({ name, browsers }) =>
        tolerated.has(name.replace(/: .*/, '')) ? [] : `${name} (not in ${browsers.join(', ')})`,
      ),
    );
    if (found.size > 0) this.error(`The page uses what browsers of its floor lack: ${[...found].join('; ')}.`);
  },
};
