import type { Change } from '#core/conversations/change.ts';
import { type Patience, type PatientReader, patience, readAll } from '#core/conversations/read.ts';
import { pack } from './packed.ts';
import { boundsOf } from './segment.ts';
import type { Indexed, Revised, SegmentStore } from './store.ts';

/** Bytes above which a segment isn't stored: an item has at most 400 KB, and what is that large is quicker read as it is. */
const packedBytes = 200_000;

/** Revisions that a search looks at one by one before the segment is built again. */
const revisionsKept = 16;

/**
 * Makes a segment of the index right, whose changes have all been given out: builds it where it is missing or worn, and answers
 * whether it did. May be called at any time, any number of times.
 */
export async function ensureSegment(
  store: SegmentStore & PatientReader,
  conversationId: string,
  segment: number,
): Promise<boolean> {
  const there = await store.segment(conversationId, segment);
  if (there.segment && !isWorn(there)) return false;
  await buildSegment(store, conversationId, segment, there.revised);
  return true;
}

/** Whether words may be in a segment that were deleted, or much of it was edited. */
export function isWorn(indexed: Indexed): boolean {
  return indexed.revised.purge !== undefined || unindexed(indexed).length >= revisionsKept;
}

/** The messages of a segment that were revised after it was built. */
export function unindexed({ segment, revised }: Indexed): number[] {
  return [...revised.messages].filter(([, seq]) => seq > (segment?.through ?? 0)).map(([target]) => target);
}

/** Builds a segment and stores it; answers with its changes. Holes get their moment and are sealed: none is filled later. */
export async function buildSegment(
  store: SegmentStore & PatientReader,
  conversationId: string,
  segment: number,
  revised: Revised,
  waits: Patience = patience,
): Promise<Change[]> {
  const { first, last } = boundsOf(segment);
  let changes = await readAll(store, conversationId, first, last, waits);
  // A message may have been read before an edit within the segment that was read after it.
  if (changes.some(({ type }) => type === 'edited' || type === 'deleted'))
    changes = await store.range(conversationId, first, last);
  for (const change of changes)
    if (isBehind(change, revised)) throw new Error('A revision is noted that its message does not show yet');

  const sent = changes.flatMap((change) => (change.type === 'message' ? change.sentAt : []));
  const packed = pack(segment, changes);
  await store.putSegment(conversationId, {
    segment,
    packed: packed.byteLength > packedBytes ? undefined : packed,
    through: Math.max(last, ...revised.messages.values()),
    oldest: sent.length > 0 ? Math.min(...sent) : undefined,
  });
  if (revised.messages.size > 0 || revised.purge !== undefined) await store.settle(conversationId, segment, revised);
  return changes;
}

function isBehind(change: Change, { messages }: Revised): boolean {
  if (change.type !== 'message' || change.deletedAt !== undefined) return false;
  return (change.updatedSeq ?? 0) < (messages.get(change.seq) ?? 0);
}
