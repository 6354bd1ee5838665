import * as z from 'zod/mini';
import { User } from './accounts.ts';
import { Conversation, HistoryAccess, Role } from './conversations.ts';
import { limits } from './limits.ts';
import { Media } from './media.ts';
import { Message } from './messages.ts';
import { Presence } from './presence.ts';
import { Receipt } from './receipts.ts';
import * as value from './values.ts';

/** The fields that edits, deletions and reactions have in common. */
const revision = {
  conversationId: value.id,
  seq: value.seq,
  /** The `seq` of the message that was edited, deleted or reacted to. */
  target: value.seq,
  by: value.id,
  /**
   * The message as it is after this change. It is missing for members who joined after the message and can't see it: their client
   * moves its cursor and does nothing else.
   */
  message: z.optional(Message),
};

/** A member sent a message. */
export const MessageEvent = z.object({
  type: z.literal('message'),
  conversationId: value.id,
  seq: value.seq,
  message: Message,
});

/**
 * What happened to a member. `erased` means that the user has erased their account: they are no longer a member, and all their messages
 * up to this `seq` are deleted.
 */
export const MemberChange = z.enum(['added', 'removed', 'left', 'role', 'erased']);

/** A member was added, was removed, left, got another role, or erased their account. */
export const MemberEvent = z.object({
  type: z.literal('member'),
  conversationId: value.id,
  seq: value.seq,
  userId: value.id,
  change: MemberChange,
  by: value.id,
  /** The member's role, with `added` and `role`. */
  role: z.optional(Role),
  /** With `erased`, the `deletedAt` of the user's messages. Messages that were deleted earlier keep their own. */
  at: z.optional(value.time),
});

/** The text of a message was edited. */
export const EditedEvent = z.object({ type: z.literal('edited'), ...revision });

/** A message was deleted. Its `seq` remains taken. */
export const DeletedEvent = z.object({ type: z.literal('deleted'), ...revision });

/** Someone added a reaction to a message, or removed one. */
export const ReactedEvent = z.object({
  type: z.literal('reacted'),
  ...revision,
  emoji: z.string(),
  /** True when the reaction was removed. */
  removed: z.optional(z.literal(true)),
});

/**
 * The conversation was created (`seq` 0) or changed. Fields that are missing have not changed. A client that doesn't know the
 * conversation calls `/sync`.
 */
export const ChangedEvent = z.object({
  type: z.literal('conversation'),
  conversationId: value.id,
  seq: value.seq,
  /** Who changed it. It is missing for changes from before servers stored it. */
  by: z.optional(value.id),
  name: z.optional(z.nullable(z.string())),
  avatarUrl: z.optional(z.string()),
  /** Which messages a member can see has changed: a client discards the conversation's messages and fetches them again. */
  history: z.optional(HistoryAccess),
});

const conversationEvents = [MessageEvent, MemberEvent, EditedEvent, DeletedEvent, ReactedEvent, ChangedEvent] as const;

/** A numbered change of a conversation. It has the same shape on a socket and in `/sync`. */
export const ConversationEvent = z.discriminatedUnion('type', conversationEvents);

/** A member's receipt pointers have moved. The event has no `seq`, since receipts don't count as changes of the conversation. */
export const ReceiptEvent = z.object({ type: z.literal('receipt'), conversationId: value.id, ...Receipt.shape });

/**
 * The user has muted or unmuted a conversation on one of their devices; only they get this event. It has no `seq`, and two such
 * events may arrive in the wrong order.
 */
export const MutedEvent = z.object({ type: z.literal('muted'), conversationId: value.id, muted: z.boolean() });

/**
 * The user was invited to a group, or has answered an invitation on one of their devices; only they get this event. `GET /invitations`
 * has the invitations as they are now.
 */
export const InvitationEvent = z.object({ type: z.literal('invitation'), conversationId: value.id });

/** Another member is typing or has stopped. Clients stop showing it after `limits.typingLapseSeconds` seconds. */
export const TypingEvent = z.object({
  type: z.literal('typing'),
  conversationId: value.id,
  userId: value.id,
  typing: z.boolean(),
});

/** The presence of a user to whom this socket has subscribed has changed. */
export const PresenceEvent = z.object({ type: z.literal('presence'), ...Presence.shape });

/** Somebody has changed their profile, perhaps the user on another device. The event has all of it as others see it. */
export const ProfileEvent = z.object({ type: z.literal('profile'), user: User });

/** The server has checked an uploaded file; only its uploader gets this event. `GET /media/{id}` has the addresses of the file. */
export const MediaEvent = z.object({
  type: z.literal('media'),
  ...z.omit(Media, { url: true, thumbnailUrl: true, expiresIn: true }).shape,
});

/** The server is about to close this socket. */
export const ByeEvent = z.object({
  type: z.literal('bye'),
  /**
   * `logged_out`: this login has ended. `erased`: the account has been erased. `too_many`: the person opened more than
   * `limits.sockets` sockets, and this was the oldest; the login goes on. `rate_limited`: far too many frames were sent although
   * they were refused. `maintenance`: the service is shut for a while. More reasons may be added.
   */
  reason: z.string(),
  /** Whether the client should open a new socket. */
  reconnect: z.boolean(),
  /** For how many milliseconds new sockets are refused. */
  retryAfterMs: z.optional(z.int()),
});

/** Any event that the server pushes. Clients ignore types that they don't know. */
export const Event = z.discriminatedUnion('type', [
  ...conversationEvents,
  ReceiptEvent,
  MutedEvent,
  InvitationEvent,
  TypingEvent,
  PresenceEvent,
  ProfileEvent,
  MediaEvent,
  ByeEvent,
]);

export const SyncRequest = z.strictObject({
  /** The client's cursor for each conversation: the `seq` up to which it has all changes. */
  cursors: value.recordOf(value.id, value.seq, limits.syncCursors),
  /** The epoch of each cursor. A cursor without one is taken for one of the present epoch. */
  epochs: z.optional(value.recordOf(value.id, value.epoch, limits.syncCursors)),
});

export const SyncedConversation = z.object({
  conversationId: value.id,
  /** The present epoch of the conversation, to which `lastSeq`, `readSeq` and the events belong. */
  epoch: value.epoch,
  lastSeq: value.seq,
  readSeq: value.seq,
  /** The unread count as of `lastSeq`. `readSeq` is as of `lastSeq`, too. */
  unread: z.int(),
  /** Whether the caller has muted the conversation now. */
  muted: z.boolean(),
  /**
   * The changes after the cursor, in ascending `seq`. The client's cursor becomes `lastSeq` if `more` is false, and the `seq` of
   * the last event otherwise.
   */
  events: z.array(ConversationEvent),
  more: z.boolean(),
  /**
   * The changes since the cursor can't be listed, because they are too many or the cursor is of another epoch: the client discards the
   * conversation's messages, and `events` holds the newest page.
   */
  resync: z.optional(z.literal(true)),
});

export const Sync = z.object({
  conversations: z.array(SyncedConversation),
  /** The caller's conversations that the request has no cursor for. */
  added: z.array(Conversation),
  /** The conversations in the request that the caller is not, or no longer, a member of. */
  removed: z.array(value.id),
  /** The answer is incomplete, to keep it small: the client calls again with the cursors that it has afterwards. */
  more: z.boolean(),
});

export type ByeEvent = z.infer<typeof ByeEvent>;
export type MemberEvent = z.infer<typeof MemberEvent>;
export type ChangedEvent = z.infer<typeof ChangedEvent>;
export type ConversationEvent = z.infer<typeof ConversationEvent>;
export type Event = z.infer<typeof Event>;
export type SyncRequest = z.infer<typeof SyncRequest>;
export type SyncedConversation = z.infer<typeof SyncedConversation>;
export type Sync = z.infer<typeof Sync>;
