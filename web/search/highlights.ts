import type { Hit } from '#protocol/search.ts';

export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}

/** Characters that are shown before the first match. */
const lead = 40;

/** The text of a hit from shortly before its first match, in pieces that match and pieces that don't. */
export function pieces({ message: { text }, highlights }: Hit): Piece[] {
  const from = Math.max(0, (highlights[0]?.[0] ?? 0) - lead);
  // Between words where there are any, and never within a surrogate pair.
  const start = from === 0 ? 0 : from + Math.max(0, text.slice(from, from + lead).search(/(?<=\s)\S/u));
  const found: Piece[] = start > 0 ? [{ text: '…', marked: false }] : [];
  let end = start;
  for (const [first, last] of highlights) {
    if (first > end) found.push({ text: text.slice(end, first), marked: false });
    found.push({ text: text.slice(first, last), marked: true });
    end = last;
  }
  if (end < text.length) found.push({ text: text.slice(end), marked: false });
  return found;
}
