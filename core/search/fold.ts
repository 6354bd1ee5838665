/** A text in the form in which search compares texts: without case, accents, ligatures, width variants and the like. */
export interface Folded {
  readonly text: string;
  /** The part of the original text, in whole characters, from which a part of `text` comes. Positions are in UTF-16 code units. */
  origin(start: number, end: number): [start: number, end: number];
  /** Where in `text` the character at a position of the original text is. */
  position(original: number): number;
}

/**
 * Marks that don't make a different letter: accents, points, tones, and marks that only change how a character looks. The voiced
 * marks of kana aren't among them, and neither are vowel signs, since Indic words would be different words without them.
 */
const ignored =
  /[[[\p{M}&&\p{Diacritic}]--[\u3099\u309A]]\p{Me}\p{Variation_Selector}\p{Emoji_Modifier}\u00AD\u200C\u200D]/gv;

/** A character with the marks that belong to it. */
const characters =
  /[^\p{M}][\p{M}\p{Emoji_Modifier}\u00AD\u200C\u200D\uFF9E\uFF9F]*|[\p{M}\p{Emoji_Modifier}\u00AD\u200C\u200D\uFF9E\uFF9F]+/gv;

/** Latin letters that Unicode doesn't decompose, and what people type instead of them. */
const plainLatin = new Map(
  Object.entries({ æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ħ: 'h', ŧ: 't' }),
);

/** Folds a text for comparison. All spellings of a word that people see as the same fold to the same text. */
export function fold(original: string): Folded {
  if (/^\p{ASCII}*$/u.test(original))
    return { text: original.toLowerCase(), origin: (start, end) => [start, end], position: (at) => at };
  let text = '';
  const starts: number[] = [];
  const ends: number[] = [];
  for (const { 0: character, index } of original.matchAll(characters)) {
    text += foldCharacter(character);
    while (starts.length < text.length) {
      starts.push(index);
      ends.push(index + character.length);
    }
  }
  return {
    text,
    origin: (start, end) => [starts[start] ?? 0, ends[end - 1] ?? 0],
    position(original) {
      let [low, high] = [0, starts.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((starts[middle] ?? 0) < original) low = middle + 1;
        else high = middle;
      }
      return low;
    },
  };
}

/** Cyrillic letters of their own that Unicode decomposes into another letter and a mark. `ё` isn't among them: people write `е`. */
const distinct = /[йўїќѓ]/iu;

/** Letters of Arabic and Persian that are written for each other, as Lucene's normalizers have them, and their Urdu forms. */
const arabic = new Map(
  Object.entries({
    آ: 'ا',
    أ: 'ا',
    إ: 'ا',
    ٱ: 'ا',
    ى: 'ي',
    ی: 'ي',
    ے: 'ي',
    ۓ: 'ي',
    ک: 'ك',
    ة: 'ه',
    ۃ: 'ه',
    ۀ: 'ه',
    ہ: 'ه',
    ۂ: 'ه',
  }),
);
/** The tatweel only stretches a word, and a hamza or madda that stands for itself here is one that Persian writes or leaves out. */
const ignoredInArabic = /[\u0640\u0653-\u0655]/g;

function foldCharacter(character: string): string {
  const composed = character.normalize('NFKC').replace(ignoredInArabic, '');
  let bare = '';
  for (const one of composed)
    bare += distinct.test(one) ? one : (arabic.get(one) ?? one.normalize('NFKD').replace(ignored, ''));
  // Upper case turns ß into SS and the final sigma into the normal one. `toLowerCase` alone would keep both.
  const lower = bare.toLowerCase().toUpperCase().toLowerCase();
  return (plainLatin.get(lower) ?? lower).replace(/(?!\p{ASCII})\p{Nd}/gu, digitOf).normalize('NFC');
}

/** The ASCII digit of a decimal digit. Unicode has the digits of each script in a row, from 0 to 9. */
function digitOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
  return String((code - first) % 10);
}
