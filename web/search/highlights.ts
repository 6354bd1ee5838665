import type { Hit } from '#protocol/search.ts';

/** A part of a text that either matches the search or doesn't. */
export interface Piece {
  readonly text: string;
  readonly highlighted: boolean;
}

/** The most UTF-16 units that are shown before the first match. */
const lead = 40;

/** Splits the text of a hit into pieces. An ellipsis stands for what is far before the first match. */
export function splitHighlights({ message: { text }, highlights }: Hit): Piece[] {
  const start = startNear(text, Math.max(0, (highlights[0]?.[0] ?? 0) - lead));
  const found: Piece[] = start > 0 ? [{ text: '…', highlighted: false }] : [];
  let end = start;
  for (const [first, last] of highlights) {
    if (first > end) found.push({ text: text.slice(end, first), highlighted: false });
    found.push({ text: text.slice(first, last), highlighted: true });
    end = last;
  }
  if (end < text.length) found.push({ text: text.slice(end), highlighted: false });
  return found;
}

/** The next beginning of a word. Where there are no spaces, `from` itself, unless a surrogate pair is split there. */
function startNear(text: string, from: number): number {
  if (from === 0) return 0;
  const word = text.slice(from, from + lead).search(/(?<=\s)\S/u);
  if (word !== -1) return from + word;
  return /^[\uDC00-\uDFFF]/.test(text.slice(from)) ? from + 1 : from;
}
