import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold } from '#core/search/fold.ts';
import { highlight, startsOf, termsOf, wordsOf } from '#core/search/tokens.ts';
import { texts } from '#test/helpers/texts.ts';

/** The highlighted parts, or undefined if the query doesn't match. */
const shown = (text: string, query: string) =>
  highlight(text, wordsOf(query))?.map(([start, end]) => text.slice(start, end));

describe('a query matches', () => {
  test.each([
    ['Hello World', 'world hello', ['Hello', 'World']],
    ['unbelievable', 'unb', ['unb']],
    ['Crème brûlée', 'creme BRULEE', ['Crème', 'brûlée']],
    ['Die Straße', 'strasse', ['Straße']],
    ['DIE STRASSE', 'straße', ['STRASSE']],
    ['İstanbul', 'ist', ['İst']],
    ['ﬁnance', 'fin', ['ﬁn']],
    ['Łódź', 'lodz', ['Łódź']],
    ['ΟΔΟΣ', 'οδος', ['ΟΔΟΣ']],
    ['ｗｉｄｅ', 'wide', ['ｗｉｄｅ']],
    ['東京都に行く', '京都', ['京都']],
    ['東京都に行く', '都', ['都']],
    ['한국어를 배워요', '국어', ['국어']],
    ['สวัสดีครับ', 'ครับ', ['ครับ']],
    ['ｱｲｽﾌﾞﾚｲｸ', 'ブレイク', ['ﾌﾞﾚｲｸ']],
    ['می‌خواهم', 'میخواهم', ['می‌خواهم']],
    ['so 👍🏽!', '👍', ['👍🏽']],
    ['iPhone手机', '手机 iphone', ['iPhone手机']],
    ['see 🇩🇪 there', '🇩🇪', ['🇩🇪']],
    ['été'.normalize('NFD'), 'ete', ['été'.normalize('NFD')]],
    ['go, going, gone', 'go', ['go', 'go', 'go']],
    ['哈哈哈', '哈哈', ['哈哈哈']],
  ])('%j by %j', (text, query, parts) => {
    expect(shown(text, query)).toEqual(parts);
  });

  test.each([
    ['party', 'art'],
    ['hello there', 'hello world'],
    ['東京都', '京東'],
    ['東 京', '東京'],
    ['がき', 'かき'],
    ['हिन्दी', 'हिन्दु'],
    ['x', 'xy'],
  ])('not %j by %j', (text, query) => {
    expect(shown(text, query)).toBeUndefined();
  });

  test('nothing is asked for by punctuation alone', () => {
    expect(wordsOf(' ?! -- # ')).toEqual([]);
  });
});

describe('whatever the text', () => {
  test('it is found by each of its words, by any beginning of one, and by any part of one without spaces', () => {
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(), (text, from, length) => {
        for (const word of wordsOf(text)) {
          const characters = [...word.text];
          const start = word.dense ? from % characters.length : 0;
          const part = characters.slice(start, start + 1 + (length % (characters.length - start))).join('');
          expect(highlight(text, [{ ...word, text: part }])).toBeDefined();
        }
      }),
    );
  });

  test('highlights are ascending, apart, of whole characters, and begin as one of the words does', () => {
    fc.assert(
      fc.property(texts, texts, (text, query) => {
        const [word] = wordsOf(query);
        const ranges = (word && highlight(text, [word])) ?? [];
        for (const [i, [start, end]] of ranges.entries()) {
          expect(start).toBeLessThan(end);
          expect(start).toBeGreaterThan(ranges[i - 1]?.[1] ?? -1);
          expect(text.slice(start, end).isWellFormed()).toBe(true);
          expect(fold(text.slice(start, end)).text.startsWith(word?.text ?? '-')).toBe(true);
        }
      }),
    );
  });

  test('its terms begin with all that its words need, so that the index misses nothing', () => {
    fc.assert(
      fc.property(texts, texts, (text, query) => {
        const words = wordsOf(query);
        if (!highlight(text, words)) return;
        const terms = termsOf(text);
        for (const start of words.flatMap(startsOf)) expect(terms.some((term) => term.startsWith(start))).toBe(true);
      }),
    );
  });

  test('folding it twice is folding it once', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(fold(fold(text).text).text).toBe(fold(text).text);
      }),
    );
  });
});

test('a very long word is indexed by its beginning and compared in full', () => {
  const word = 'x'.repeat(100);
  expect(termsOf(word)).toEqual(['x'.repeat(32)]);
  expect(wordsOf(`${word}y`).flatMap(startsOf)).toEqual(['x'.repeat(32)]);
  expect(shown(word, `${word}y`)).toBeUndefined();
});
