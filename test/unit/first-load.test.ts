import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { firstLoadBytes } from '#web/first-load.ts';

let page: string;
beforeEach(() => {
  page = mkdtempSync(join(tmpdir(), 'page-'));
  mkdirSync(join(page, 'assets'));
});
afterEach(() => rmSync(page, { recursive: true }));

/** Adds a file to the page, and returns its size as it is compressed. */
function add(file: string, content: string): number {
  writeFileSync(join(page, file), content);
  return file.endsWith('.woff2') ? content.length : gzipSync(content, { level: 9 }).length;
}

test('The first load is the document and the scripts, styles and font that it names', () => {
  const links = [
    '<link rel="icon" href="/icon.svg">',
    '<link rel="manifest" href="/manifest.json">',
    '<script src="/theme.js"></script>',
    '<link rel="preload" href="/assets/inter.woff2" as="font">',
    '<script type="module" crossorigin src="/assets/page.js"></script>',
    '<link rel="modulepreload" href="/assets/shared.js">',
    '<link rel="stylesheet" href="/assets/page.css">',
  ];
  const counted = [
    add('index.html', links.join('\n')),
    add('theme.js', 'theme'),
    add('assets/inter.woff2', 'font'),
    add('assets/page.js', 'page'),
    add('assets/shared.js', 'shared'),
    add('assets/page.css', 'styles'),
  ];
  add('icon.svg', 'icon');
  add('assets/later.js', 'later');
  expect(firstLoadBytes(page)).toBe(counted.reduce((sum, size) => sum + size));
});

test('A page whose script isn’t found is no small page', () => {
  add('index.html', '<link rel="stylesheet" href="/assets/page.css">');
  add('assets/page.css', 'styles');
  expect(() => firstLoadBytes(page)).toThrow('no script');
});
