import fc from 'fast-check';

/** Words of several scripts, in spellings that fold to a few texts, so that searches often match. */
const words = [
  ...['straße', 'STRASSE', 'Strasse', 'stras', 'İstanbul', 'ISTANBUL', 'ısı', 'ﬁnance', 'Finance', 'Łódź', 'lodz'],
  ...['été', 'ete', 'Été'.normalize('NFD'), 'naïve', 'Ærø', 'aero', 'ΣΑΣ', 'σας', 'ёлка', 'елка', 'a', 'b2b', '2026'],
  ...['東京都', '京都', '東', '都に行く', 'がき', 'かき', 'ｱｲｽ', 'アイス', '한국어를', '국어', 'สวัสดี', 'हिन्दी', 'हिन्द'],
  ...[
    'مَرحبا',
    'مرحبا',
    'שָׁלוֹם',
    'שלום',
    'می‌خواهم',
    '👍',
    '👍🏽',
    '👨‍👩‍👧',
    '🇩🇪',
    '🇩🇰',
    '1️⃣',
    '①',
    '𝔘𝔫𝔦',
    '𠮷野家',
    '野家',
  ],
  ...[
    "don't",
    'dont',
    'e-mail',
    'email',
    'eMail',
    'getUserName',
    'username',
    '1,234',
    '1234',
    '+49 30 123456',
    '4930123456',
  ],
  ...['الكتاب', 'كتاب', 'والكتاب', 'مدرسة', 'مدرسه', '٢٠٢٦', 'мой', 'мои', 'ꦗꦮ', '1.2.3', '1', '2', 'O’Brien'],
];
const separators = [' ', ' ', '\n', ', ', '-', '_', "'", '.', '…', '"', ' "', '。', ''];

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...words) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 5 }) },
);

/** Texts that messages may have: well-formed Unicode in NFC. */
export const texts = fc
  .array(fc.tuple(piece, fc.constantFrom(...separators)), { minLength: 1, maxLength: 8 })
  .map((parts) => parts.flat().join('').normalize('NFC'))
  .filter((text) => text.isWellFormed());
