import { describe, expect, test } from 'vitest';
import { displayName, groupName } from '../values.ts';

describe('names that others see', () => {
  test.for(['Ann', ' 山田 太郎 ', 'أحمد', '🦄', '👩‍👩‍👧', '42', 'C\u0327a', 'می‌خواهم'])('may be %s', (name) => {
    expect(displayName.parse(name)).toBe(name.normalize('NFC').trim());
    expect(groupName.safeParse(name).success).toBe(true);
  });

  test.for([
    ['nothing that shows', '\u200b\u3164\u0301'],
    ['a line break', 'Ann\nOwner'],
    ['a line separator', 'Ann\u2028Owner'],
    ['a null', 'Ann\0'],
    ['what turns the text around it', '\u202egnp.exe'],
    ['what leaves it turned', 'Ann\u2067'],
  ])('may not have %s', ([, name]) => {
    expect(displayName.safeParse(name).success).toBe(false);
    expect(groupName.safeParse(name).success).toBe(false);
  });
});
