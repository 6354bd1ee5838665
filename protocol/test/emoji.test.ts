import { expect, test } from 'vitest';
import { emoji } from '../values.ts';

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
