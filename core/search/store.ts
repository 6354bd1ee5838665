import type { ChangeReader, PatientReader } from '#core/conversations/read.ts';
import type { MessageReader } from '#core/messages/message-view.ts';

/** One segment of a conversation's index as it is stored. */
export interface Segment {
  readonly segment: number;
  /** Nothing where it would be too large: then the changes themselves are searched. */
  readonly packed?: Uint8Array | undefined;
  /** Edits and deletions up to this `seq` are in it. */
  readonly through: number;
  /** When the oldest of its messages was sent, in ms since 1970. */
  readonly oldest?: number | undefined;
}

/** What happened to messages of a segment after all of its changes were there. */
export interface Revised {
  /** The `seq` of the newest edit or deletion by that of the message. */
  readonly messages: ReadonlyMap<number, number>;
  /** There while the index may have words that were deleted; another number each time. */
  readonly purge?: number | undefined;
}

export interface Indexed {
  readonly segment?: Segment | undefined;
  readonly revised: Revised;
}

export interface SegmentStore extends ChangeReader {
  /** Some of the segments from `newest` down to `oldest`, by their number; those down to `reached` were looked for. */
  segments(
    conversationId: string,
    newest: number,
    oldest: number,
  ): Promise<{ segments: ReadonlyMap<number, Indexed>; reached: number }>;
  /** One segment, consistently. */
  segment(conversationId: string, segment: number): Promise<Indexed>;
  /** Stores a segment unless one is there into which more has gone. */
  putSegment(conversationId: string, segment: Segment): Promise<void>;
  /** Forgets revisions, unless there have been others since. */
  settle(conversationId: string, segment: number, revised: Revised): Promise<void>;
}

export interface SearchStore extends SegmentStore, MessageReader, PatientReader {}
