import type { Change } from '#core/conversations/change.ts';
import { type Patience, type PatientReader, patience, readAll } from '#core/conversations/read.ts';
import { indexFormat, pack } from './packed.ts';
import { boundsOf } from './segment.ts';
import type { Indexed, Revised, Segment, SegmentStore } from './store.ts';

/**
 * Above this size, in bytes, the words of a segment aren't stored. An item has at most 400 KB, and reading the messages is faster
 * then.
 */
const packedBytes = 200_000;

/** With this many revised messages, which a search compares one by one, a segment is built again. */
const revisionsKept = 16;

/**
 * Builds a segment of the index if it is missing or worn, and returns whether it did. The segment must be complete, which means
 * that all of its numbers are used. It can be called any number of times.
 */
export async function ensureSegment(
  store: SegmentStore & PatientReader,
  conversationId: string,
  segment: number,
): Promise<boolean> {
  const there = await store.segment(conversationId, segment);
  if (there.segment && isReadable(there.segment) && !isWorn(there)) return false;
  await buildSegment(store, conversationId, segment, there.revised);
  return true;
}

/** Whether a segment was built by the present rules. Another one is built again when a search comes to it, or a revision. */
export function isReadable({ format }: Segment): boolean {
  return format === indexFormat;
}

/**
 * Whether a segment has to be built again, because it may have words of deleted messages, or because many messages were revised.
 */
export function isWorn(indexed: Indexed): boolean {
  return indexed.revised.purge !== undefined || unindexed(indexed).length >= revisionsKept;
}

/** The messages of a segment that were revised after it was built. */
export function unindexed({ segment, revised }: Indexed): number[] {
  return [...revised.messages].filter(([, seq]) => seq > (segment?.through ?? 0)).map(([target]) => target);
}

/**
 * Builds a segment, stores it, and returns its changes. Missing messages are waited for and then sealed, so that none can be
 * stored later. Throws if a message was read before a revision that `revised` already has.
 */
export async function buildSegment(
  store: SegmentStore & PatientReader,
  conversationId: string,
  segment: number,
  revised: Revised,
  waits: Patience = patience,
): Promise<Change[]> {
  const { first, last } = boundsOf(segment);
  let changes = await readAll(store, conversationId, first, last, waits);
  // If there are edits or deletions in the segment, a message may have been read before its edit. So the changes are read again.
  if (changes.some(({ type }) => type === 'edited' || type === 'deleted'))
    changes = await store.range(conversationId, first, last);
  for (const change of changes)
    if (isBehind(change, revised)) throw new Error('A message was read before a revision that the index already has');

  const sent = changes.flatMap((change) => (change.type === 'message' ? change.sentAt : []));
  const packed = pack(segment, changes);
  await store.putSegment(conversationId, {
    segment,
    format: indexFormat,
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
