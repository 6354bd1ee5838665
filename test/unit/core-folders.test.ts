import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** The folders of core/ that each folder of core/ imports. */
function importsOfFolders(): ReadonlyMap<string, ReadonlySet<string>> {
  const imports = new Map<string, Set<string>>();
  for (const file of globSync('core/*/**/*.ts')) {
    const folder = file.split('/')[1] ?? '';
    const imported = imports.get(folder) ?? new Set();
    for (const [, other = ''] of readFileSync(file, 'utf8').matchAll(/from '#core\/([^/']+)\//g))
      if (other !== folder) imported.add(other);
    imports.set(folder, imported);
  }
  return imports;
}

test('folders of core import each other in one direction', () => {
  const imports = importsOfFolders();
  expect(imports.get('delivery')).toContain('conversations');
  // Takes away what imports nothing that is left, again and again: only what is in a circle stays.
  const left = new Set(imports.keys());
  for (let size = -1; size !== left.size; ) {
    size = left.size;
    for (const folder of left)
      if (![...(imports.get(folder) ?? [])].some((other) => left.has(other))) left.delete(folder);
  }
  expect([...left]).toEqual([]);
});
