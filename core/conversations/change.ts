import type { HistoryAccess, Role } from '#protocol/conversations.ts';
import type { MemberEvent } from '#protocol/events.ts';
import type { Attachment } from '#protocol/media.ts';

interface Numbered {
  readonly conversationId: string;
  readonly seq: number;
  /** The number of messages up to and including this change. */
  readonly n: number;
  /** Delivered from the table's stream, because the room is too large for the function that writes the change. */
  readonly fanout?: true | undefined;
}

/** Who reacted with one emoji; `userIds` are the first `limits.listedReactors` of `count`. */
export interface Reaction {
  readonly emoji: string;
  readonly count: number;
  readonly userIds: readonly string[];
}

/** A message as it is now. Times in milliseconds since 1970. */
export interface MessageChange extends Numbered {
  readonly type: 'message';
  readonly senderId: string;
  readonly clientId: string;
  /** Empty once it is deleted, and where it is media alone. */
  readonly text: string;
  readonly media?: readonly Attachment[] | undefined;
  readonly replyTo: number | null;
  readonly sentAt: number;
  readonly editedAt?: number | undefined;
  readonly deletedAt?: number | undefined;
  readonly reactions?: readonly Reaction[] | undefined;
  /** The `seq` of the newest edit, deletion or reaction. */
  readonly updatedSeq?: number | undefined;
  /** The `seq` of every edit; each of those changes keeps the text from before it. */
  readonly edits?: readonly number[] | undefined;
  /** Of what was sent first, once the text is another: the same id with other content must still be told apart. */
  readonly originalHash?: string | undefined;
}

export interface MemberChange extends Numbered {
  readonly type: 'member';
  readonly userId: string;
  readonly change: MemberEvent['change'];
  readonly by: string;
  /** The new role, where it was added or its role changed. */
  readonly role?: Role | undefined;
  /** Of an erasure: the `deletedAt` of the messages that it emptied. */
  readonly at?: number | undefined;
}

export interface ConversationChange extends Numbered {
  readonly type: 'conversation';
  /** What isn't given stays as it is. */
  readonly name?: string | null | undefined;
  readonly history?: HistoryAccess | undefined;
  readonly avatarMediaId?: string | undefined;
}

interface Revision extends Numbered {
  /** The `seq` of the message that it changes. */
  readonly target: number;
  readonly by: string;
}

export interface EditedChange extends Revision {
  readonly type: 'edited';
  readonly at: number;
  /** The text that it replaced; gone when the message is deleted. */
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

/** A number that was given to a message which never came. */
export interface VoidChange extends Numbered {
  readonly type: 'void';
}

/** A change that a newer version of this code has stored, of a type or with values that this version doesn't know. */
export interface UnknownChange extends Numbered {
  readonly type: 'unknown';
}

/** What this code stores at one `seq` of a conversation. */
export type StoredChange =
  | MessageChange
  | MemberChange
  | ConversationChange
  | EditedChange
  | DeletedChange
  | ReactedChange
  | VoidChange;

/** What stands at one `seq` of a conversation. */
export type Change = StoredChange | UnknownChange;

/** A change that clients are told of. */
export type VisibleChange = Exclude<Change, VoidChange | UnknownChange>;

/** A change that is about an earlier message. */
export type RevisionChange = Extract<Change, Revision>;

export function isVisible(change: Change): change is VisibleChange {
  return change.type !== 'void' && change.type !== 'unknown';
}

export function isRevision(change: Change): change is RevisionChange {
  return 'target' in change;
}
