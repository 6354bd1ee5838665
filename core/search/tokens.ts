import { clitics } from './clitics.ts';
import { type Part, partsOf } from './parts.ts';

/** A word to search for: parts that must follow each other. In quotes it has several words. */
export interface Word {
  readonly parts: readonly Part[];
}

/** A phrase in quotes. The last quote may still be missing. */
const quotes = /(?<![\p{L}\p{M}\p{N}])["“”„«][^"“”„«»]*["“”»]?/gu;

/** The words and phrases of a query. There are none if it has no letter, digit or emoji. */
export function wordsOf(query: string): Word[] {
  const { folded, parts } = partsOf(query.normalize('NFC'));
  const quoted = [...folded.text.matchAll(quotes)].map(({ 0: text, index }) => [index, index + text.length] as const);
  const inQuotes = (at: number) => quoted.findIndex(([start, end]) => at > start && at < end);
  const words: Part[][] = [];
  for (const [i, part] of parts.entries()) {
    const phrase = inQuotes(part.index);
    const before = parts[i - 1];
    const together = phrase >= 0 && before !== undefined && inQuotes(before.index) === phrase;
    if (before && (part.soft || together || !/\s/u.test(part.gap))) words.at(-1)?.push(part);
    else words.push([part]);
  }
  const keyOf = (word: readonly Part[]) =>
    word.map(({ text, soft }, i) => (i === 0 ? text : `${soft ? '-' : ' '}${text}`)).join('');
  return [...new Map(words.map((word) => [keyOf(word), { parts: word }])).values()];
}

/** The ranges of a text that match the words, sorted and disjoint, or undefined unless all words match. */
export function highlight(text: string, words: readonly Word[]): [start: number, end: number][] | undefined {
  const { folded, parts } = partsOf(text);
  const starts = parts.map(startsIn);
  const found: [number, number][] = [];
  for (const word of words) {
    const places = starts.flatMap((ats, i) => ats.flatMap((at) => match(parts, i, at, word) ?? []));
    if (places.length === 0) return undefined;
    found.push(...places.map(([start, end]) => folded.origin(start, end)));
  }
  return merged(found);
}

/** Where a word may begin in a part: at its beginning, after what Arabic writes before it, anywhere in a dense part. */
function startsIn({ text, dense }: Part): number[] {
  return dense ? Array.from({ length: text.length }, (_, at) => at) : [0, ...clitics(text)];
}

/**
 * Compares a word with a text from a place on, and returns the range that matches. The characters must be the same. A gap must
 * meet a gap, except that one that is soft on its side may also meet none.
 */
function match(
  parts: readonly Part[],
  first: number,
  start: number,
  { parts: wanted }: Word,
): [[start: number, end: number]] | undefined {
  let [i, at] = [first, start];
  let [j, from] = [0, 0];
  for (let part = parts[i], word = wanted[j]; part && word; part = parts[i], word = wanted[j]) {
    if (part.dense !== word.dense) return undefined;
    const length = Math.min(part.text.length - at, word.text.length - from);
    if (!part.text.startsWith(word.text.slice(from, from + length), at)) return undefined;
    at += length;
    from += length;
    const partEnds = at === part.text.length;
    const wordEnds = from === word.text.length;
    if (wordEnds && j === wanted.length - 1) return [[(parts[first]?.index ?? 0) + start, part.index + at]];
    if (wordEnds && !partEnds && !wanted[j + 1]?.soft) return undefined;
    if (partEnds && !wordEnds && !parts[i + 1]?.soft) return undefined;
    if (partEnds) [i, at] = [i + 1, 0];
    if (wordEnds) [j, from] = [j + 1, 0];
  }
  return undefined;
}

function merged(ranges: readonly [number, number][]): [number, number][] {
  const result: [number, number][] = [];
  for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

/** How many UTF-16 code units of a word the index has. Words of natural languages are hardly longer. */
const termLength = 32;

/**
 * The terms of a text in the index: for each part the text from there up to a gap that isn't soft, and in scripts without spaces
 * each pair of neighbouring characters.
 */
export function termsOf(text: string): string[] {
  const { parts } = partsOf(text);
  const terms: string[] = [];
  let rest = '';
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i];
    if (!part) continue;
    rest = part.text + (parts[i + 1]?.soft ? rest : '');
    if (part.dense) terms.push(...neighbours(part.text));
    else for (const at of startsIn(part)) terms.push(rest.slice(at, at + termLength));
  }
  return [...new Set(terms)].sort();
}

/** So many parts with soft gaps are looked for in all the ways to write them. Of more, only the first one is looked for. */
const spellingsOf = 4;

/**
 * The beginnings of terms that a text with the word must have: of each list, all of at least one entry. A text without the word
 * may have them, too.
 */
export function startsOf({ parts }: Word): string[][][] {
  const stretches: Part[][] = [];
  for (const [i, part] of parts.entries()) {
    if (i > 0 && part.soft) stretches.at(-1)?.push(part);
    else stretches.push([part]);
  }
  return stretches.map((stretch) => {
    const [first] = stretch;
    if (!first) return [];
    if (first.dense) return [pairsOf(first.text)];
    if (stretch.length > spellingsOf) return [[first.text.slice(0, termLength)]];
    return spellings(stretch.map(({ text }) => text)).map((terms) => terms.map((term) => term.slice(0, termLength)));
  });
}

/** All the ways to write some parts together or apart. */
function spellings([first = '', ...others]: readonly string[]): string[][] {
  if (others.length === 0) return [[first]];
  return spellings(others).flatMap(([next = '', ...rest]) => [
    [first + next, ...rest],
    [first, next, ...rest],
  ]);
}

function pairsOf(text: string): string[] {
  const pairs = neighbours(text);
  return pairs.length === 1 ? pairs : pairs.slice(0, -1);
}

/** Each character with the next one. The last character is alone, so that each character begins a term. */
function neighbours(run: string): string[] {
  const characters = [...run];
  return characters.map((character, i) => character + (characters[i + 1] ?? ''));
}
