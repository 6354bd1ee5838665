import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contrast, type Oklch } from '#test/helpers/colours.ts';
import { hueOf } from '#web/people/hue.ts';

const web = join(import.meta.dirname, '..', '..', 'web');
const source = (file: string) => readFileSync(join(web, file), 'utf8').replaceAll(/\/\*.*?\*\//gs, '');
const files = globSync('**/*.css', { cwd: web }).filter((file) => file !== join('styles', 'tokens.css'));

interface Rule {
  readonly properties: RegExp;
  /** What a value may not have. */
  readonly forbidden: RegExp;
}

const rules: Record<string, Rule> = {
  'a colour': {
    properties: /./,
    forbidden: /#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|hwb|oklch|lab|lch|light-dark)a?\(|\b(?:white|black|gr[ae]y)\b/i,
  },
  'a size of text': {
    properties: /^font(?:-size)?$/,
    forbidden: /^(?!inherit$|(?:\d00 )?var\(--type-[a-z]+\)$|600 calc\(var\(--size\) \* 0\.36\) \/ 1 var\(--family\)$)/,
  },
  'a weight of text': { properties: /^font(?:-weight)?$/, forbidden: /\b(?:[1-3789]00|bold)\b/ },
  'a space or a radius': {
    properties: /^(?:(?:scroll-)?(?:padding|margin)|gap|row-gap|column-gap|border-.*radius)/,
    // A margin of one pixel hides what only screen readers hear.
    forbidden: /(?<![\w.-])(?!1px\b)[\d.]+(?:px|r?em|ch)\b/,
  },
  'a time': { properties: /^(?:animation|transition)/, forbidden: /\b(?!0s|8s both too-late)[\d.]+m?s\b/ },
};

describe.each(Object.entries(rules))(
  'No style sheet but tokens.css has %s of its own',
  (_, { properties, forbidden }) => {
    test.each(files)('%s', (file) => {
      const found = [...source(file).matchAll(/([\w-]+):\s*([^;{}]+);/g)].flatMap(
        ([declaration, property = '', value = '']) =>
          properties.test(property) && forbidden.test(value) ? declaration : [],
      );
      expect(found).toEqual([]);
    });
  },
);

test('No style sheet names a token that there isn’t', () => {
  const own = (css: string) => [...css.matchAll(/(?<![\w(])(--[\w-]+):/g)].map(([, name]) => name);
  // `--hue` is a person's, and comes from the script.
  const known = new Set(['--hue', ...own(source('styles/tokens.css'))]);
  const unknown = files.flatMap((file) => {
    const css = source(file);
    const here = new Set(own(css));
    return [...css.matchAll(/var\((--[\w-]+)/g)].flatMap(([, name = '']) =>
      known.has(name) || here.has(name) ? [] : `${file}: ${name}`,
    );
  });
  expect(unknown).toEqual([]);
});

test('Every style sheet is imported', () => {
  const importers = globSync('**/*.{css,ts,tsx,html}', { cwd: web }).map(source).join();
  expect(files.filter((file) => !importers.includes(`/${basename(file)}`))).toEqual([]);
});

const tokens = source('styles/tokens.css');

/** A colour of tokens.css in either theme. */
function colour(name: string, theme: 'light' | 'dark', hue = 0): Oklch {
  const [, value = ''] = new RegExp(`--${name}:([^;]+);`).exec(tokens) ?? [];
  const all = [...value.replaceAll('var(--hue)', String(hue)).matchAll(/oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)/g)];
  // A gradient has a light end, and both themes have the same one.
  const [, l, c, h] = all[theme === 'dark' && value.includes('light-dark') ? 1 : 0] ?? [];
  return [Number(l) / 100, Number(c), Number(h)];
}

const texts: Record<string, readonly string[]> = {
  text: ['ground', 'surface', 'raised', 'hover', 'chosen', 'own', 'theirs', 'found', 'danger-ground'],
  muted: ['ground', 'surface', 'raised', 'hover', 'chosen', 'own', 'theirs'],
  accent: ['ground', 'surface', 'raised', 'chosen', 'own', 'theirs'],
  danger: ['ground', 'surface', 'raised', 'hover', 'danger-ground'],
  warn: ['warn-ground'],
  'on-accent': ['accent'],
};

describe.each(['light', 'dark'] as const)('In the %s theme', (theme) => {
  test('every text has a contrast of 4.5 : 1 to what it stands on', () => {
    const low = Object.entries(texts).flatMap(([text, grounds]) =>
      grounds
        .map((ground) => ({ text, ground, ratio: contrast(colour(text, theme), colour(ground, theme)) }))
        .filter(({ ratio }) => !(ratio >= 4.5)),
    );
    expect(low).toEqual([]);
  });

  test('the edges of fields and the dot of who is online have a contrast of 3 : 1', () => {
    expect(contrast(colour('border', theme), colour('surface', theme))).toBeGreaterThanOrEqual(3);
    expect(contrast(colour('online', theme), colour('surface', theme))).toBeGreaterThanOrEqual(3);
  });

  test('the names and the initials of people can be read in each of the twelve hues', () => {
    const hues = new Set(Array.from({ length: 500 }, (_, i) => hueOf(`0190f3c2-7b1e-7000-8000-${i}`)['--hue']));
    expect(hues.size).toBe(12);
    for (const hue of hues) {
      const [name, ground] = [colour('person', theme, Number(hue)), colour('person-ground', theme, Number(hue))];
      expect(contrast(name, colour('theirs', theme)), `name ${hue}`).toBeGreaterThanOrEqual(4.5);
      expect(contrast(colour('on-person', theme), ground), `initials ${hue}`).toBeGreaterThanOrEqual(4.5);
    }
  });
});
