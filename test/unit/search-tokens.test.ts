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

  test.each([
    // Parts that are joined without a space, and what is in quotes, follow each other.
    ['version 1.2.3', '1.2.3', ['1.2.3']],
    ['host 10.100.200.201 is down', '10.100.200.201', ['10.100.200.201']],
    ['write to ann.smith@example.com', 'smith@example.com', ['smith@example.com']],
    ['see example.com/a/b?c=1', 'example.com/a/b', ['example.com/a/b']],
    ['so it goes, on and on', '"goes on"', ['goes, on']],
    ['good morning, world', '"good morn', ['good morn']],
    ['good morning, world', 'world “good morning”', ['good morning', 'world']],
    ['good morning, world', '«good morning» wor', ['good morning', 'wor']],
    ['a 10" screen', '10" screen', ['10', 'screen']],
    ['你好，世界', '你好，世', ['你好，世']],
    ['མི་རིགས་སྐད་ཡིག', 'རིགས་སྐད', ['རིགས་སྐད']],
    // Arabic and Persian.
    ['الكتاب جديد', 'كتاب', ['كتاب']],
    ['والكتاب', 'كتاب', ['كتاب']],
    ['والكتاب', 'الكتاب', ['الكتاب']],
    ['بالكتاب', 'كتاب', ['كتاب']],
    ['للكتاب', 'كتاب', ['كتاب']],
    ['وكتاب', 'كتاب', ['كتاب']],
    ['أحمد إلى آخر ٱسم', 'احمد الى اخر اسم', ['أحمد', 'إلى', 'آخر', 'ٱسم']],
    ['مدرسة', 'مدرسه', ['مدرسة']],
    ['على', 'علي', ['على']],
    ['کتاب ایران', 'كتاب ايران', ['کتاب', 'ایران']],
    ['العـــربية', 'العربية', ['العـــربية']],
    ['كِتَابٌ', 'كتاب', ['كِتَابٌ']],
    ['خانهٔ ما', 'خانه', ['خانهٔ']],
    ['ﻛﺘﺎﺏ', 'كتاب', ['ﻛﺘﺎﺏ']],
    ['سنة ٢٠٢٦', '2026', ['٢٠٢٦']],
    ['سال ۱۴۰۵', '1405', ['۱۴۰۵']],
    ['२०२६ में', '2026', ['२०२६']],
    ['ปี ๒๕๖๙', '2569', ['๒๕๖๙']],
    ['in 2026', '٢٠٢٦', ['2026']],
    ['𞥐𞥑', '01', ['𞥐𞥑']],
    // Letters that are others, and those that people write for each other.
    ['мой йод', 'йод', ['йод']],
    ['ёлка', 'елка', ['ёлка']],
    ['за\u0301мок', 'замок', ['за\u0301мок']],
    ['Київ', 'київ', ['Київ']],
    // Scripts without spaces.
    ['ꦲꦏ꧀ꦱꦫꦗꦮ', 'ꦗꦮ', ['ꦗꦮ']],
    ['ᨠᩣᩴᨾᩮᩬᩥᨦ', 'ᨾᩮᩬᩥᨦ', ['ᨾᩮᩬᩥᨦ']],
    ['ᥖᥭᥰᥘᥫᥴ', 'ᥘᥫᥴ', ['ᥘᥫᥴ']],
    ['ᦅᧄᦺᦑᦟᦹᧉ', 'ᦟᦹᧉ', ['ᦟᦹᧉ']],
    ['ꪼꪕꪒꪾ', 'ꪒꪾ', ['ꪒꪾ']],
    ['ꆈꌠꁱꂷ', 'ꁱꂷ', ['ꁱꂷ']],
    ['ㄅㄆㄇㄈ', 'ㄇㄈ', ['ㄇㄈ']],
    // What is written with and without a gap.
    ["I don't know", 'dont', ["don't"]],
    ['I don’t know', "don't", ['don’t']],
    ['i dont know', 'don’t', ['dont']],
    ["l'homme", 'homme', ['homme']],
    ['п’ять', "п'ять", ['п’ять']],
    ['an e-mail', 'email', ['e-mail']],
    ['an email', 'e-mail', ['email']],
    ['an e‑mail', 'mail', ['mail']],
    ['an e mail', 'e-mail', ['e mail']],
    ['dont stop', "don't-stop", ['dont stop']],
    ['COVID-19', 'covid19', ['COVID-19']],
    ['1,234,567 people', '1234567', ['1,234,567']],
    ['1234567 people', '1,234,567', ['1234567']],
    ['1.234.567 people', '1,234,567', ['1.234.567']],
    ['12,34,567 rupees', '1234567', ['12,34,567']],
    ['1234567 rupees', '12,34,567', ['1234567']],
    ['1,23,45,678 rupees', '12345678', ['1,23,45,678']],
    ['१२,३४,५६७ रुपये', '1,234,567', ['१२,३४,५६७']],
    ['1 234 567 people', '1234567', ['1 234 567']],
    ['call +49 (30) 123-4567 now', '+49301234567', ['49 (30) 123-4567']],
    ['call +49301234567 now', '+49 30 1234567', ['49301234567']],
    ['call (555) 123-4567', '5551234567', ['555) 123-4567']],
    ['call 555-123-4567', '123-4567', ['123-4567']],
    ['call 555.123.4567', '5551234567', ['555.123.4567']],
    ['call 030 1234567', '0301234567', ['030 1234567']],
    ['call 555 123 4567', '5551234567', ['555 123 4567']],
    ['call 5551234567', '555 123 4567', ['5551234567']],
    ['call +1 555 123 4567', '555-123-4567', ['555 123 4567']],
    ['٢٬٠٠٠ مرة', '2000', ['٢٬٠٠٠']],
    ['utf8Decode', 'decode', ['Decode']],
    ['B2B', 'b2b', ['B2B']],
    ['getUserName()', 'name user', ['UserName']],
    ['getUserName()', 'getusername', ['getUserName']],
    ['HTMLParser', 'parser', ['Parser']],
    ['a naïveÉtéTest', 'ete', ['Été']],
    ['user name', 'userName', ['user name']],
    ['snake_case', 'snakecase', ['snake_case']],
  ])('%j by %j, as people write it', (text, query, parts) => {
    expect(shown(text, query)).toEqual(parts);
  });

  test.each([
    ['3 apples, 2 pears, 1 fig', '1.2.3'],
    ['3.2.1', '1.2.3'],
    ['1.2.x.3', '1.2.3'],
    ['1234', '1.2.3'],
    ['11.2.3', '1.2.3'],
    ['10.100.20 and 200.201', '10.100.200.201'],
    ['ann and example, com', 'example@ann.com'],
    ['com.example, ann', 'ann@example.com'],
    ['goes it on', '"goes on"'],
    ['on goes', '"goes on"'],
    ['мои', 'мой'],
    ['мой', 'мои'],
    ['и', 'й'],
    ['київ', 'киів'],
    ['مكتاب', 'كتاب'],
    ['party', "p'art-y-x"],
    ['username', 'name'],
    ['1 2345', '12345'],
    ['2024 2025', '20242025'],
    ['12,34', '1234'],
  ])('not %j by %j, as people write it', (text, query) => {
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
          expect(highlight(text, [word])).toBeDefined();
          const [part] = word.parts;
          if (!part) throw new Error('a word without parts');
          const characters = [...part.text];
          const start = part.dense ? from % characters.length : 0;
          const some = characters.slice(start, start + 1 + (length % (characters.length - start))).join('');
          expect(highlight(text, [{ parts: [{ ...part, text: some }] }])).toBeDefined();
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
          expect(fold(text.slice(start, end)).text.startsWith(word?.parts[0]?.text[0] ?? '-')).toBe(true);
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
        const has = (start: string) => terms.some((term) => term.startsWith(start));
        for (const ways of words.flatMap(startsOf)) expect(ways.some((starts) => starts.every(has))).toBe(true);
      }),
    );
  });

  test('the index names it also where text and query put the same pieces together in other ways', () => {
    const piece = fc.constantFrom(
      'don',
      't',
      'get',
      'User',
      'NAME',
      'e',
      '1',
      '234',
      '567',
      '+49',
      '030',
      '東京',
      'ال',
      'كتاب',
    );
    const gap = fc.constantFrom('', '', ' ', '-', "'", '.', ',', ' "');
    const pieces = fc.array(fc.tuple(piece, gap, gap), { minLength: 1, maxLength: 7 });
    let matches = 0;
    fc.assert(
      fc.property(pieces, fc.nat(6), (chosen, from) => {
        const text = chosen.map(([part, before]) => before + part).join('');
        const query = chosen
          .slice(from)
          .map(([part, , before]) => before + part)
          .join('');
        const words = wordsOf(query);
        if (words.length === 0 || !highlight(text, words)) return;
        matches++;
        const terms = termsOf(text);
        const has = (start: string) => terms.some((term) => term.startsWith(start));
        for (const ways of words.flatMap(startsOf)) expect(ways.some((starts) => starts.every(has))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect(matches).toBeGreaterThan(100);
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
  expect(wordsOf(`${word}y`).flatMap(startsOf)).toEqual([[['x'.repeat(32)]]]);
  expect(shown(word, `${word}y`)).toBeUndefined();
});
