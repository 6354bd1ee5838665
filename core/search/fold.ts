/** A text as search compares texts: without case, accents, ligatures, variants of width and the like. */
export interface Folded {
  readonly text: string;
  /** The part of the original, in whole characters, that a part of `text` comes from; both in UTF-16 code units. */
  origin(start: number, end: number): [start: number, end: number];
}

/**
 * Marks that don't make another letter: accents, points, tones, and what changes only how a character looks. The voiced marks
 * of kana stay, and so do vowel signs, without which Indic words would be others.
 */
const ignored =
  /[[[\p{M}&&\p{Diacritic}]--[\u3099\u309A]]\p{Me}\p{Variation_Selector}\p{Emoji_Modifier}\u00AD\u200C\u200D]/gv;

/** A character with what belongs to it. */
const characters =
  /[^\p{M}][\p{M}\p{Emoji_Modifier}\u00AD\u200C\u200D\uFF9E\uFF9F]*|[\p{M}\p{Emoji_Modifier}\u00AD\u200C\u200D\uFF9E\uFF9F]+/gv;

/** Latin letters that Unicode doesn't decompose and that people type without their strokes. */
const plainLatin = new Map(
  Object.entries({ æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ħ: 'h', ŧ: 't' }),
);

/** For comparison only: the same for all spellings of a word that people take for one. */
export function fold(original: string): Folded {
  if (/^\p{ASCII}*$/u.test(original)) return { text: original.toLowerCase(), origin: (start, end) => [start, end] };
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
  return { text, origin: (start, end) => [starts[start] ?? 0, ends[end - 1] ?? 0] };
}

function foldCharacter(character: string): string {
  const bare = character.normalize('NFKD').replace(ignored, '');
  // Upper case first: it spells out ß, and lower case then has one sigma.
  const lower = bare.toLowerCase().toUpperCase().toLowerCase();
  return (plainLatin.get(lower) ?? lower).normalize('NFC');
}
