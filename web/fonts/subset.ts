/**
 * Writes `inter-latin.woff2`, the part of Inter that the page loads first: `node web/fonts/subset.ts`. It has the letters of Western
 * European languages, the weights that the page uses, and of the typographic features only those that matter to it. All other letters come
 * from the whole font, or from the system's. The Open Font License permits this, without a reserved name.
 */
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import subsetFont from 'subset-font';

const source = createRequire(import.meta.url).resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2');
/** As in styles/tokens.css. */
const ranges = [
  [0x20, 0x7e],
  [0xa0, 0xff],
  [0x152, 0x153],
  [0x2013, 0x2014],
  [0x2018, 0x201e],
  [0x2022, 0x2022],
  [0x2026, 0x2026],
  [0x2039, 0x203a],
  [0x20ac, 0x20ac],
] as const;

/** Signs between them that hardly anybody writes, and for which the system's font does. */
const rare = '¤¦¨¬¯´¶¸¹¼½¾';

const text = ranges
  .flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)))
  .filter((letter) => !rare.includes(letter))
  .join('');
const subset = await subsetFont(fs.readFileSync(source), text, {
  targetFormat: 'woff2',
  variationAxes: { wght: { min: 400, max: 600 } },
  keepFeatures: ['kern', 'tnum'],
});
fs.writeFileSync(path.join(import.meta.dirname, 'inter-latin.woff2'), subset);
console.log(`${subset.length} bytes`);
