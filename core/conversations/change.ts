import type { HistoryAccess, Role } from '#protocol/conversations.ts';
import type { MemberEvent } from '#protocol/events.ts';
import type { Attachment } from '#protocol/media.ts';

interface Numbered {
  readonly conversationId: string;
  readonly seq: number;
  /** The number of messages up to and including this change. */
  readonly n: number;
  /**
   * Whether the change is delivered in rounds (core/delivery/rounds.ts), because the conversation has too many members for the function
   * that writes it.
   */
  readonly fanout?: true | undefined;
}

/** The reactions with one emoji. `count` users have it, and `userIds` are the first `limits.listedReactors` of them. */
export interface Reaction {
  readonly emoji: string;
  readonly count: number;
  readonly userIds: readonly string[];
}

/** A message in its present state. Times are in ms since 1970. */
export interface MessageChange extends Numbered {
  readonly type: 'message';
  readonly senderId: string;
  readonly clientId: string;
  /** It is empty if the message is deleted or has media only. */
  readonly text: string;
  readonly media?: readonly Attachment[] | undefined;
  readonly replyTo: number | null;
  readonly sentAt: number;
  /** Nobody who sees the message had a push subscription when it was sent, so the table's stream has nothing to do for notifications. */
  readonly quiet?: true | undefined;
  readonly editedAt?: number | undefined;
  readonly deletedAt?: number | undefined;
  readonly reactions?: readonly Reaction[] | undefined;
  /** The `seq` of the newest edit, deletion or reaction. */
  readonly updatedSeq?: number | undefined;
  /** The `seq` of each edit. The change there keeps the text from before the edit. */
  readonly edits?: readonly number[] | undefined;
  /** The hash of the original text, if the message was edited. It tells whether a message id is sent again with the same text. */
  readonly originalHash?: string | undefined;
}

export interface MemberChange extends Numbered {
  readonly type: 'member';
  readonly userId: string;
  readonly change: MemberEvent['change'];
  readonly by: string;
  /** The role of a member who was added, or the new one of a member whose role changed. */
  readonly role?: Role | undefined;
  /** For an erasure: the `deletedAt` of the messages that it emptied, in ms since 1970. */
  readonly at?: number | undefined;
}

export interface ConversationChange extends Numbered {
  readonly type: 'conversation';
  /** Who changed it. It is absent in rows from before it was stored. */
  readonly by?: string | undefined;
  /** A property that is absent hasn't changed. */
  readonly name?: string | null | undefined;
  readonly history?: HistoryAccess | undefined;
  readonly avatarMediaId?: string | undefined;
}

interface Revision extends Numbered {
  /** The `seq` of the message. */
  readonly target: number;
  readonly by: string;
}

export interface EditedChange extends Revision {
  readonly type: 'edited';
  readonly at: number;
  /** The text before the edit. It is removed when the message is deleted. */
  readonly before?: string | undefined;
}

export interface DeletedChange extends Revision {
  readonly type: 'deleted';
}

export interface ReactedChange extends Revision {
  readonly type: 'reacted';
  readonly emoji: string;
  readonly removed?: true | undefined;
}

/** It takes the place of a message that got a number but was never stored. */
export interface VoidChange extends Numbered {
  readonly type: 'void';
}

/** A change that a newer version of this code has stored, of a type or with values that this version doesn't know. */
export interface UnknownChange extends Numbered {
  readonly type: 'unknown';
}

/** A change that this version can store. */
export type StoredChange =
  | MessageChange
  | MemberChange
  | ConversationChange
  | EditedChange
  | DeletedChange
  | ReactedChange
  | VoidChange;

/** What a conversation has at a `seq`. */
export type Change = StoredChange | UnknownChange;

/** A change that clients get as an event. */
export type VisibleChange = Exclude<Change, VoidChange | UnknownChange>;

/** A change of an earlier message. */
export type RevisionChange = Extract<Change, Revision>;

export function isVisible(change: Change): change is VisibleChange {
  return change.type !== 'void' && change.type !== 'unknown';
}

export function isRevision(change: Change): change is RevisionChange {
  return 'target' in change;
}
