import { describe, expect, test } from 'vitest';
import { SendMessage } from '../frames.ts';
import { caption, clientId, displayName, groupName, id, text } from '../values.ts';

describe('names that others see', () => {
  test.for(['Ann', ' 山田 太郎 ', 'أحمد', '🦄', '👩‍👩‍👧', '42', 'C\u0327a', 'می‌خواهم'])('may be %s', (name) => {
    expect(displayName.parse(name)).toBe(name.normalize('NFC').trim());
    expect(groupName.safeParse(name).success).toBe(true);
  });

  test.for([
    ['nothing that shows', '\u200b\u3164\u0301'],
    ['an empty Braille pattern', '\u2800'],
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

describe('the text of a message', () => {
  test.for(['a', '👍', '.', 'a\0', '\u202ea', '\u0301', '\u093f', 'می‌خواهم', '\uE000'])('may be %j', (shown) => {
    expect(text.parse(shown)).toBe(shown);
    expect(caption.parse(shown)).toBe(shown);
  });

  test.for([
    [' \n\t'],
    ['\u200b'],
    ['\0'],
    ['\u202e'],
    ['\u2066\u2069'],
    ['\u200d\ufe0f'],
    ['\u3164'],
    ['\u2800'],
    ['\u00ad'],
    ['\ufeff'],
    ['\u061c'],
    ['\u180e'],
    ['\ufff9\ufffb'],
    ['\u2028'],
    ['\u{e0041}'],
  ])('shows something: not %j', ([hidden]) => {
    expect(text.safeParse(hidden).success).toBe(false);
    expect(caption.safeParse(hidden).success).toBe(false);
  });

  test('may be empty beside media, and only there', () => {
    const id = '01900000-0000-7000-8000-000000000001';
    const frame = { action: 'message', id, conversationId: id, text: '' };
    expect(SendMessage.safeParse(frame).success).toBe(false);
    expect(SendMessage.parse({ ...frame, mediaIds: [id] }).text).toBe('');
    expect(text.safeParse('').success).toBe(false);
  });
});

test.for([
  ['an id', id, '01890a5d-ac96-774b-bcce-b302099a8057'],
  ['the id of a message', clientId, '01890a5d-ac96-774b-bcce-b302099a8057'],
  ['the id of a message that is no UUIDv7', clientId, '9f86d081-884c-4d63-a12b-1d1c1c1c1c1c'],
] as const)('%s is taken as it was sent, or refused: not in upper case', ([, schema, sent]) => {
  expect(schema.parse(sent)).toBe(sent);
  for (const other of [sent.toUpperCase(), sent.replace('d', 'D'), `{${sent}}`, ` ${sent}`, sent.replaceAll('-', '')])
    expect(schema.safeParse(other).success).toBe(false);
});
