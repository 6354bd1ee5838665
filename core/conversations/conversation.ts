import type { HistoryAccess, Role } from '#protocol/conversations.ts';

/** The highest message id that was accepted from a sender, and its `seq`. An id above it was never accepted. */
export interface Mark {
  readonly id: string;
  readonly seq: number;
}

export interface Member {
  readonly userId: string;
  readonly role: Role;
  /** In ms since 1970. */
  readonly joinedAt: number;
  /** The `seq` before the member joined. They see later changes, or all if `history` is `all`. */
  readonly joinedSeq: number;
  readonly readSeq: number;
  /** The number of messages up to `readSeq`. */
  readonly readN: number;
  /** What a client has received that was visible then. */
  readonly deliveredSeq: number;
  /** What a hidden client has received (`core/push/visibility.ts`), if one ever received anything first. */
  readonly hiddenSeq?: number | undefined;
  readonly mark: Mark | undefined;
  /** When the token bucket for their messages is full again, in ms since 1970 (core/rate-limits/token-bucket.ts). */
  readonly fullAt?: number | undefined;
  /** Whether the other member of a direct conversation has blocked them (`mayWrite` in core/access.ts). */
  readonly blocked?: true | undefined;
  /** The same as `Conversation.summaries`, for the member's own pointers in a large conversation. */
  readonly summaries?: number | undefined;
}

export interface Conversation {
  readonly id: string;
  readonly type: 'direct' | 'group';
  readonly name: string | null;
  readonly history: HistoryAccess;
  readonly avatarMediaId?: string | undefined;
  /** Who created a direct conversation. It isn't known of those from before it was stored. */
  readonly begunBy?: string | undefined;
  readonly createdAt: number;
  /** The number of changes, which is the `seq` of the newest one. */
  readonly seq: number;
  /** The number of messages, including voids. */
  readonly n: number;
  /** The `n` of the newest voids. */
  readonly voids: readonly number[];
  /** Voids up to this `n` may be stored beside the head instead (`unreadOf` in core/messages/unread.ts). It is absent without any. */
  readonly voidsThrough?: number | undefined;
  readonly lastActivityAt: number;
  /** The `seq` of the last message, 0 before the first. */
  readonly lastMessageSeq: number;
  /** The `updatedSeq` of the last message, or the `seq` of an erasure that may have emptied it. */
  readonly lastMessageUpdatedSeq?: number | undefined;
  /**
   * It is there while a member may have a summary of the conversation as it is now, and has another value after each summary. Whoever
   * changes the conversation reopens it for the members before the change can be read (decision 0119).
   */
  readonly summaries?: number | undefined;
  /** It increases when the membership or a block changes. */
  readonly revision: number;
  readonly memberCount: number;
  /** Whether each member is stored in their own item. A large conversation stays large. */
  readonly large: boolean;
  /** The members by user id: all of a small conversation, but only those that were asked for of a large one. */
  readonly members: ReadonlyMap<string, Member>;
}

/** The most members of a small conversation. With more of them, the head would need more than one write unit. */
export const smallMembers = 8;

/**
 * With more members than this, changes are delivered in rounds, and not by the function that writes them, and members
 * have no summaries.
 */
export const inlineMembers = 100;

/** The property `fanout` of a change in a conversation with so many members. */
export function fanoutFor(memberCount: number): { fanout?: true } {
  return memberCount > inlineMembers ? { fanout: true } : {};
}
