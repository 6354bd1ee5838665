import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';

const local = path.join(import.meta.dirname, '..', '..');

/** The lines of the stack that are neither blank nor a comment. */
function linesOfCode(): number {
  const files = fs.globSync('**/*.{ts,mjs}', {
    cwd: local,
    exclude: (name) => /^(test|node_modules|\.storm)$/.test(name),
  });
  const lines = files.flatMap((file) => {
    const source = fs.readFileSync(path.join(local, file), 'utf8');
    return source.replace(/^\s*\/\*[\s\S]*?\*\/\s*$/gm, '').split('\n');
  });
  return lines.filter((line) => line.trim() !== '' && !/^\s*\/\//.test(line)).length;
}

test('The local stack stays under 12 000 lines of code: what comes takes the place of something else', () => {
  const lines = linesOfCode();
  expect(lines).toBeGreaterThan(10_000);
  expect(lines).toBeLessThan(12_000);
});
