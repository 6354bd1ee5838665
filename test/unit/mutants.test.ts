import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { edited } from '#test/mutants/bundle.ts';
import { mutants } from '#test/mutants/catalogue.ts';

test.each(mutants)('The code still has what this mutation takes out: $name', ({ edits, provoke = [] }) => {
  for (const edit of [...provoke, ...edits])
    expect(edited(readFileSync(edit.file, 'utf8'), edit)).toContain(edit.replace);
});

test('A text that occurs twice is no place for a mutation', () => {
  const edit = { file: 'x', find: 'a', replace: 'b' };
  expect(edited('a', edit)).toBe('b');
  expect(() => edited('aa', edit)).toThrow('x has it 2 times');
});
