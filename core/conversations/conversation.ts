import type { HistoryAccess, Role } from '#protocol/conversations.ts';

/** The newest id accepted from a sender, and the `seq` that it got. Ids above it were never accepted before. */
export interface Mark {
  readonly id: string;
  readonly seq: number;
}

export interface Member {
  readonly userId: string;
  readonly role: Role;
  /** Milliseconds since 1970. */
  readonly joinedAt: number;
  /** What came up to here, they don't see. */
  readonly joinedSeq: number;
  readonly readSeq: number;
  /** The number of messages up to `readSeq`. */
  readonly readN: number;
  readonly deliveredSeq: number;
  readonly mark: Mark | undefined;
  /** When the bucket that limits their messages is full again, in ms since 1970 (core/rate-limits/token-bucket.ts). */
  readonly fullAt?: number | undefined;
  /** The other of a direct conversation has blocked them: they read, and nothing else. */
  readonly blocked?: true | undefined;
}

export interface Conversation {
  readonly id: string;
  readonly type: 'direct' | 'group';
  readonly name: string | null;
  readonly history: HistoryAccess;
  readonly avatarMediaId?: string | undefined;
  readonly createdAt: number;
  /** Number of its changes so far. */
  readonly seq: number;
  /** Number of its messages so far, void ones included. */
  readonly n: number;
  /** The `n` of each void message. */
  readonly voids: readonly number[];
  readonly lastActivityAt: number;
  /** The `seq` of the last message, 0 before the first. */
  readonly lastMessageSeq: number;
  /** Counts changes of the membership. */
  readonly revision: number;
  readonly memberCount: number;
  /** A large one has its members in items of their own; it never gets small again. */
  readonly large: boolean;
  /** All members of a small conversation; of a large one, those that were asked for. */
  readonly members: ReadonlyMap<string, Member>;
}

/** Members of a small conversation: as many as leave its head within one write unit. */
export const smallMembers = 8;

/** Members up to which a change is delivered by the function that writes it. */
const inlineMembers = 100;

/** The mark of a change that is delivered from the table's stream, where so many members call for it. */
export function fanoutFor(memberCount: number): { fanout?: true } {
  return memberCount > inlineMembers ? { fanout: true } : {};
}

/**
 * The messages after a member's read pointer, deleted ones included, as they are in the history; sending moves the pointer, so
 * they are all by others. `foundVoids` are voids met
 * since the conversation was loaded.
 */
export function unread({ n, voids }: Conversation, { readN }: Member, foundVoids: readonly number[] = []): number {
  return n - readN - [...new Set([...voids, ...foundVoids])].filter((voidN) => voidN > readN && voidN <= n).length;
}
