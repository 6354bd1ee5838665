import { fold } from './fold.ts';

/** A folded word to search for. */
export interface Word {
  readonly text: string;
  /** Whether its script is written without spaces. Such a word matches anywhere, others only at the beginning of a word. */
  readonly dense: boolean;
}

/** Scripts without spaces between words, Hangul, where particles are attached to words, and emoji. */
const dense =
  '[[[\\p{L}\\p{M}\\p{N}]&&[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Hang}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}]]\\p{Extended_Pictographic}\\p{Regional_Indicator}]';
const runs = new RegExp(`(?<dense>${dense}+)|[[\\p{L}\\p{M}\\p{N}]--${dense}]+`, 'gv');

interface Run extends Word {
  readonly index: number;
}

function runsOf(folded: string): Run[] {
  return [...folded.matchAll(runs)].map(({ 0: text, index, groups }) => ({
    text,
    index,
    dense: groups?.['dense'] !== undefined,
  }));
}

/** The words of a query. There are none if it has no letter, digit or emoji. */
export function wordsOf(query: string): Word[] {
  const words = runsOf(fold(query.normalize('NFC')).text);
  return [...new Map(words.map(({ text, dense }) => [text, { text, dense }])).values()];
}

/** The ranges of a text that match the words, sorted and disjoint, or undefined unless all words match. */
export function highlight(text: string, words: readonly Word[]): [start: number, end: number][] | undefined {
  const folded = fold(text);
  const runs = runsOf(folded.text);
  const found: [number, number][] = [];
  for (const word of words) {
    const places = runs.flatMap((run) => placesIn(run, word));
    if (places.length === 0) return undefined;
    found.push(...places.map((start) => folded.origin(start, start + word.text.length)));
  }
  return merged(found);
}

function placesIn(run: Run, { text, dense }: Word): number[] {
  if (run.dense !== dense) return [];
  if (!dense) return run.text.startsWith(text) ? [run.index] : [];
  const places: number[] = [];
  for (let at = run.text.indexOf(text); at >= 0; at = run.text.indexOf(text, at + 1)) places.push(run.index + at);
  return places;
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

/** The terms of a text in the index: its words, and in scripts without spaces each pair of neighbouring characters. */
export function termsOf(text: string): string[] {
  const terms = runsOf(fold(text).text).flatMap((run) =>
    run.dense ? neighbours(run.text) : run.text.slice(0, termLength),
  );
  return [...new Set(terms)].sort();
}

/** The beginnings of terms that a text with the word must have. A text without the word may have them, too. */
export function startsOf({ text, dense }: Word): string[] {
  if (!dense) return [text.slice(0, termLength)];
  const pairs = neighbours(text);
  return pairs.length === 1 ? pairs : pairs.slice(0, -1);
}

/** Each character with the next one. The last character is alone, so that each character begins a term. */
function neighbours(run: string): string[] {
  const characters = [...run];
  return characters.map((character, i) => character + (characters[i + 1] ?? ''));
}
