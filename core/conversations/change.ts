import { createHash } from 'node:crypto';
import { isoTime } from '#core/clock.ts';
import type { AvatarUrl } from '#core/media/media.ts';
import type { HistoryAccess, Role } from '#protocol/conversations.ts';
import type { ConversationEvent } from '#protocol/events.ts';
import type { Attachment } from '#protocol/media.ts';
import type { Message } from '#protocol/messages.ts';

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
  readonly change: 'added' | 'removed' | 'left' | 'role' | 'erased';
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

export type RevisionChange = EditedChange | DeletedChange | ReactedChange;

/** What stands at one `seq` of a conversation. */
export type Change = MessageChange | MemberChange | ConversationChange | RevisionChange | VoidChange;

export function isRevision(change: Change): change is RevisionChange {
  return change.type === 'edited' || change.type === 'deleted' || change.type === 'reacted';
}

/** 128 bits of SHA-256: tells what was sent first from other texts, and doesn't keep it. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** A message as the contract has it. `isMine` tells of an emoji whether the person who asks reacted with it. */
export function messageOf(change: MessageChange, isMine: (reaction: Reaction) => boolean = () => false): Message {
  const {
    seq,
    n,
    senderId,
    clientId,
    text,
    media = [],
    replyTo,
    sentAt,
    editedAt,
    deletedAt,
    reactions = [],
    updatedSeq,
  } = change;
  return {
    seq,
    n,
    senderId,
    clientId,
    text,
    media: [...media],
    replyTo,
    sentAt: isoTime(sentAt),
    ...(editedAt !== undefined && { editedAt: isoTime(editedAt) }),
    ...(deletedAt !== undefined && { deletedAt: isoTime(deletedAt) }),
    ...(reactions.length > 0 && {
      reactions: reactions.map(({ emoji, count, userIds }) => ({
        emoji,
        count,
        userIds: [...userIds],
        ...(isMine({ emoji, count, userIds }) && { mine: true as const }),
      })),
    }),
    ...(updatedSeq !== undefined && { updatedSeq }),
  };
}

/**
 * A change as clients see it; nobody sees a void. `message` is the state of the message that a revision is about, for those who
 * may see it.
 */
export function eventOf(change: Exclude<Change, ConversationChange | VoidChange>, message?: Message): ConversationEvent;
export function eventOf(
  change: Change,
  message: Message | undefined,
  avatarUrl: AvatarUrl,
): ConversationEvent | undefined;
export function eventOf(change: Change, message?: Message, avatarUrl?: AvatarUrl): ConversationEvent | undefined {
  const { conversationId, seq } = change;
  switch (change.type) {
    case 'message':
      return { type: 'message', conversationId, seq, message: message ?? messageOf(change) };
    case 'member': {
      const { type, userId, change: what, by, role, at } = change;
      return {
        type,
        conversationId,
        seq,
        userId,
        change: what,
        by,
        ...(role && { role }),
        ...(at !== undefined && { at: isoTime(at) }),
      };
    }
    case 'conversation': {
      const { type, name, history, avatarMediaId } = change;
      return {
        type,
        conversationId,
        seq,
        ...(name !== undefined && { name }),
        ...(history && { history }),
        ...(avatarUrl && avatarMediaId !== undefined && { avatarUrl: avatarUrl(avatarMediaId) }),
      };
    }
    case 'edited':
    case 'deleted': {
      const { type, target, by } = change;
      return { type, conversationId, seq, target, by, ...(message && { message }) };
    }
    case 'reacted': {
      const { type, target, by, emoji, removed } = change;
      return { type, conversationId, seq, target, by, emoji, ...(removed && { removed }), ...(message && { message }) };
    }
    case 'void':
      return undefined;
  }
}
