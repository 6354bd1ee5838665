/** How many changes a segment of the index has. */
export const segmentSize = 256;

/** The number of the segment that a change belongs to. */
export function segmentOf(seq: number): number {
  return Math.floor((seq - 1) / segmentSize);
}

/** Whether the change at `seq` is the last one of its segment. */
export function endsSegment(seq: number): boolean {
  return seq % segmentSize === 0;
}

/** The changes of a segment, both ends included. */
export function boundsOf(segment: number): { first: number; last: number } {
  return { first: segment * segmentSize + 1, last: (segment + 1) * segmentSize };
}
