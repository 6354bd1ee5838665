import { expect, test } from 'vitest';
import type { Hit } from '#protocol/search.ts';
import { splitHighlights } from '#web/search/highlights.ts';

function hit(text: string, ...words: string[]): Hit {
  const id = '019a0000-0000-7000-8000-000000000001';
  const message = { seq: 1, n: 1, senderId: id, clientId: id, text, media: [], replyTo: null, sentAt: '' };
  const highlights = words.map((word): [number, number] => [text.indexOf(word), text.indexOf(word) + word.length]);
  return { conversationId: id, message, highlights };
}

/** The text with the highlighted pieces in brackets. */
const shown = (found: Hit) =>
  splitHighlights(found)
    .map(({ text, highlighted }) => (highlighted ? `[${text}]` : text))
    .join('');

test('Highlights what matches, and leaves the rest of the text as it is', () => {
  expect(shown(hit('Bread and cheese', 'Bread', 'cheese'))).toBe('[Bread] and [cheese]');
  expect(shown(hit('picnic', 'pic'))).toBe('[pic]nic');
});

test('Begins shortly before the first match, at a word', () => {
  const text = `${'far away '.repeat(20)}the cake, and more`;
  expect(shown(hit(text, 'cake'))).toMatch(/^…(away |far )+the \[cake\], and more$/);
});

test.each(['雷', '.雷'])('Shows the whole match and splits no surrogate pair in a text without spaces: %s', (end) => {
  const text = `${'🌩'.repeat(30)}${end}`;
  const found = splitHighlights(hit(text, '雷'));
  expect(found.at(-1)).toEqual({ text: '雷', highlighted: true });
  expect(found.every((piece) => piece.text.isWellFormed())).toBe(true);
});
