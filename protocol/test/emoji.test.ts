import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { React } from '../frames.ts';
import { isEmoji, reactionEmoji } from '../values.ts';

const emoji = reactionEmoji.check(z.refine(isEmoji));

/** The pictures among all characters: emoji, and many that are none. */
const pictures = Array.from({ length: 0x20000 }, (_, code) => String.fromCodePoint(code)).filter((one) =>
  /\p{Extended_Pictographic}/u.test(one),
);

test.for([
  ['❤️', '❤'],
  ['©️', '©'],
  ['☺️', '☺'],
  ['1️⃣', '1⃣'],
  ['#️⃣', '#⃣'],
  ['👁️‍🗨️', '👁‍🗨'],
  ['👁️‍🗨️', '👁️‍🗨'],
  ['👁️‍🗨️', '👁‍🗨️'],
  ['❤️‍🔥', '❤‍🔥'],
  ['🏳️‍🌈', '🏳‍🌈'],
  ['🏴‍☠️', '🏴‍☠'],
  ['🕵️‍♂️', '🕵‍♂'],
  ['🕵🏻‍♂️', '🕵🏻‍♂'],
  ['👩🏻‍❤️‍💋‍👨🏼', '👩🏻‍❤‍💋‍👨🏼'],
  ['⛹🏽‍♀️', '⛹🏽‍♀'],
  ['🏃‍♀️‍➡️', '🏃‍♀‍➡'],
  ['☝🏽', '☝🏽'],
  ['👍', '👍\uFE0F'],
  ['👍🏽', '👍🏽'],
  ['🇩🇪', '🇩🇪'],
  ['🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
  ['👨‍👩‍👧', '👨‍👩‍👧'],
])('%s is the key of %s and of itself', ([key, spelling]) => {
  expect(emoji.parse(spelling)).toBe(key);
  expect(emoji.parse(key)).toBe(key);
});

test('each character that is an emoji has one key, which is its own, and no other picture is one', () => {
  for (const one of pictures) {
    const parsed = emoji.safeParse(one);
    expect(parsed.success, one).toBe(/\p{Emoji}/u.test(one));
    if (!parsed.success) continue;
    expect([one, `${one}\uFE0F`]).toContain(parsed.data);
    expect(/^\p{RGI_Emoji}$/v.test(parsed.data), one).toBe(true);
    expect(emoji.parse(parsed.data)).toBe(parsed.data);
    expect(emoji.parse(`${one}\uFE0F`)).toBe(parsed.data);
  }
});

test.for([
  ['a letter', 'a'],
  ['a digit', '1'],
  ['a digit in emoji style', '1\uFE0F'],
  ['a selector', '\uFE0F'],
  ['the style of text', '❤\uFE0E'],
  ['a selector twice', '❤\uFE0F\uFE0F'],
  ['a selector after a flag', '🇩🇪\uFE0F'],
  ['half a flag', '🇩'],
  ['no country', '🇽🇽'],
  ['two', '👍👍'],
  ['a joiner at the end', '❤\u200d'],
  ['what nobody joins', '👍‍🔥'],
  ['a chess pawn of text', '♔'],
  ['a place that Unicode keeps free', '\u{1F0AF}'],
  ['nothing', ''],
  ['a space beside it', '❤ '],
])('%s is no emoji', ([, text]) => {
  expect(emoji.safeParse(text).success).toBe(false);
});

test('what is no emoji can’t be added as a reaction, and whatever is stored can be taken back', () => {
  const id = '01900000-0000-7000-8000-000000000001';
  const react = (text: string, remove?: boolean) =>
    React.safeParse({ action: 'react', id: '1', conversationId: id, seq: 1, emoji: text, remove });
  for (const text of ['♔', 'a', '👍‍🔥', '\u{1F0AF}', '1\uFE0F']) {
    expect(react(text).error?.issues).toMatchObject([{ path: ['emoji'] }]);
    expect(react(text, false).success).toBe(false);
    expect(react(text, true).success).toBe(true);
  }
  expect(react('❤').data?.emoji).toBe('❤️');
  expect(react('❤', true).data?.emoji).toBe('❤️');
  for (const text of ['', '\ud800', 'a'.repeat(65)]) expect(react(text, true).success).toBe(false);
});
