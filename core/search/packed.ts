import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Change } from '#core/conversations/change.ts';
import { boundsOf, segmentSize } from './segment.ts';
import { startsOf, termsOf, type Word } from './tokens.ts';

/**
 * The version of the rules that make terms of a text. A change of them that makes a search look for a term that an older index doesn't
 * have, or has in another form, needs the next number: segments with another one are built again.
 */
export const indexFormat = 2;

/**
 * The index of a segment: a deflated text with a line for each change, which has the sorted terms of its message. It is smaller
 * than a map from terms to changes, and faster to search (decision 0045).
 */
export function pack(segment: number, changes: readonly Change[]): Uint8Array {
  const { first } = boundsOf(segment);
  const lines = Array.from({ length: segmentSize }, () => '');
  for (const change of changes)
    if (change.type === 'message')
      lines[change.seq - first] = termsOf(change.text)
        .map((term) => ` ${term}`)
        .join('');
  return deflateRawSync(lines.join('\n'), { level: 9 });
}

/** The `seq` of the messages in a segment that may have all words, newest first, and how many characters were searched. */
export function find(
  segment: number,
  packed: Uint8Array,
  words: readonly Word[],
): { seqs: number[]; characters: number } {
  const index = inflateRawSync(packed).toString();
  const starts = words.flatMap(startsOf).map((ways) => ways.map((terms) => terms.map((term) => ` ${term}`)));
  const mayMatch = (line: string) =>
    starts.every((ways) => ways.some((terms) => terms.every((term) => line.includes(term))));
  const seqs: number[] = [];
  // Most segments don't have a rare word. It is faster to see that before the text is split into lines.
  if (mayMatch(index))
    for (const [i, line] of index.split('\n').entries()) if (mayMatch(line)) seqs.unshift(boundsOf(segment).first + i);
  return { seqs, characters: index.length };
}
