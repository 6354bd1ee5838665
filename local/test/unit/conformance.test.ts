import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';

const local = path.join(import.meta.dirname, '..', '..');
const page = readFileSync(path.join(local, 'CONFORMANCE.md'), 'utf8');
const named = [...page.matchAll(/\| `([\w/-]+\.test\.ts)`: (.+) \|$/gm)].map(([, file = '', name = '']) => ({
  file,
  name,
}));

test('The page of conformance names tests', () => {
  expect(named.length).toBeGreaterThan(50);
});

test.each(named)('$file has the test that stands behind a rule: $name', ({ file, name }) => {
  const source = readFileSync(path.join(local, 'test', file), 'utf8');
  // A name stands in quotes, of either kind.
  expect([`'${name}'`, `"${name}"`, `\`${name}\``].some((quoted) => source.includes(quoted))).toBe(true);
});
