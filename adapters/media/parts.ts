import { Rejection } from '#core/media/rejection.ts';

/**
 * The most boxes or elements of a file that are looked at. A recording of many hours in 100 MB has some 500 000; 100 MB of nothing but
 * empty ones would take minutes.
 */
const maxParts = 2_000_000;

/** Counts the parts of one file that were looked at. Throws `Rejection` when they are too many. */
export type Count = () => void;

export function partCounter(): Count {
  let left = maxParts;
  return () => {
    left -= 1;
    if (left < 0) throw new Rejection('too_slow', 'it has too many parts');
  };
}

/**
 * Sees a box or an element: its id, and the positions in the file of the part, its content and its end. They are numbers in place of an
 * object, because a file may have millions of parts.
 */
export type See = (id: number, start: number, content: number, end: number) => void;

/** Visits the parts between two positions. */
export type EachPart = (from: number, limit: number, see: See) => void;

/** A duration in seconds with three decimals, or undefined if it is none. */
export function secondsOf(seconds: number): number | undefined {
  const rounded = Math.round(1000 * seconds) / 1000;
  return rounded > 0 && Number.isFinite(rounded) ? rounded : undefined;
}
