import type { ChangeReader, PatientReader } from '#core/conversations/read.ts';
import type { MessageReader } from '#core/messages/message-view.ts';

/** One segment of a conversation's index as it is stored. */
export interface Segment {
  readonly segment: number;
  /**
   * The words of its messages (`packed.ts`). It is undefined if it would be too large. Then the messages themselves are searched.
   */
  readonly packed?: Uint8Array | undefined;
  /** The version of the rules by which its words were made (`indexFormat`). Segments from before there was one don't have it. */
  readonly format?: number | undefined;
  /** The segment includes edits and deletions up to this `seq`. */
  readonly through: number;
  /** When the oldest of its messages was sent, in ms since 1970. */
  readonly oldest?: number | undefined;
}

/** The edits and deletions of a segment's messages that came after the segment was complete. */
export interface Revised {
  /** The `seq` of the newest edit or deletion of each message, by the `seq` of the message. */
  readonly messages: ReadonlyMap<number, number>;
  /** The `seq` of the newest deletion, while the index may have words of deleted messages. */
  readonly purge?: number | undefined;
}

export interface Indexed {
  readonly segment?: Segment | undefined;
  readonly revised: Revised;
}

export interface SegmentStore extends ChangeReader {
  /**
   * The segments from `newest` down to `oldest`, by number. Only those down to `reached` were read; among them, missing ones
   * aren't built.
   */
  segments(
    conversationId: string,
    newest: number,
    oldest: number,
  ): Promise<{ segments: ReadonlyMap<number, Indexed>; reached: number }>;
  /** One segment, read consistently. */
  segment(conversationId: string, segment: number): Promise<Indexed>;
  /** Stores a segment, unless there is one that includes as many revisions or more. */
  putSegment(conversationId: string, segment: Segment): Promise<void>;
  /** Removes revisions that a segment includes, unless there were others in the meantime. */
  settle(conversationId: string, segment: number, revised: Revised): Promise<void>;
}

export interface SearchStore extends SegmentStore, MessageReader, PatientReader {}
