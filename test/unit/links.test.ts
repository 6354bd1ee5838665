import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const files = globSync(['*.md', '{docs,local,client,protocol,examples,bench,test,.github}/**/*.md'], {
  exclude: (name) => name.includes('node_modules'),
});

/** The text without code, in which brackets and number signs mean something else. */
function proseOf(file: string): string {
  return readFileSync(file, 'utf8').replaceAll(/^ *```.*?^ *```/gms, '');
}

/** The anchors that GitHub gives to the headings of a page: one that comes again gets a number. */
function anchorsOf(file: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = [...proseOf(file).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading = '']) => {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
  return new Set(anchors);
}

/** The links of a page that lead nowhere: to no file, or to no heading of one. */
function broken(file: string): string[] {
  const targets = [...proseOf(file).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => {
    if (/^[a-z][a-z0-9+.-]*:/.test(target)) return false;
    const [name = '', anchor] = target.split('#');
    const to = name === '' ? file : path.join(path.dirname(file), decodeURI(name));
    if (!existsSync(to)) return true;
    return anchor !== undefined && statSync(to).isFile() && to.endsWith('.md') && !anchorsOf(to).has(anchor);
  });
}

test('the pages are found', () => {
  expect(files).toEqual(expect.arrayContaining(['README.md', 'docs/architecture.md', 'docs/decisions/README.md']));
});

test.each(files)('every link of %s to a page or a heading of this repository leads there', (file) => {
  expect(broken(file)).toEqual([]);
});

/** The pages that are about the present. Decisions are about their day, and the changelog about all days. */
const present = files.filter((file) =>
  /^(README|CONTRIBUTING|SECURITY|docs\/[\w-]+|docs\/runbooks\/[\w-]+)\.md$/.test(file),
);

test.each(present)('every file and every npm script that %s names in code is there', (file) => {
  const text = readFileSync(file, 'utf8');
  const paths = [...text.matchAll(/`([^`\n…<]+)`/g)].flatMap(([, code = '']) =>
    [
      ...code.matchAll(
        /(?<![\w./-])(?:bin|lib|docs|test|core|adapters|lambdas|protocol|client|web|local|dev|bench|examples|\.ci|\.github)\/[\w./-]*\w/g,
      ),
    ].map(([name]) => name),
  );
  const scripts = [...text.matchAll(/npm run ([\w-]+)/g)].map(([, name = '']) => name);
  expect(paths.filter((name) => !existsSync(name) && !existsSync(path.join(path.dirname(file), name)))).toEqual([]);
  expect(scripts.filter((name) => !(name in packageJson.scripts))).toEqual([]);
});
