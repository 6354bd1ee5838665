import * as z from 'zod/mini';
import { Conversation, HistoryAccess, Role } from './conversations.ts';
import { limits } from './limits.ts';
import { Media } from './media.ts';
import { Message } from './messages.ts';
import { Presence } from './presence.ts';
import { Receipt } from './receipts.ts';
import * as value from './values.ts';

/** The message that an edit, deletion or reaction is about. */
const revision = {
  conversationId: value.id,
  seq: value.seq,
  /** The `seq` of the message. */
  target: value.seq,
  by: value.id,
  /** The message's new state. Left out for those who joined after it and can't see it: their cursor moves, nothing else. */
  message: z.optional(Message),
};

/** A new message. */
export const MessageEvent = z.object({
  type: z.literal('message'),
  conversationId: value.id,
  seq: value.seq,
  message: Message,
});

/** Someone was added, removed, left, got another role, or is no more. */
export const MemberEvent = z.object({
  type: z.literal('member'),
  conversationId: value.id,
  seq: value.seq,
  userId: value.id,
  /** `erased`: someone who is no member any more deleted their account, and all their messages up to this `seq` are deleted. */
  change: z.enum(['added', 'removed', 'left', 'role', 'erased']),
  by: value.id,
  /** The new role, where it was added or its role changed. */
  role: z.optional(Role),
  /** With `erased`: the `deletedAt` of those messages, but of those that were deleted before. */
  at: z.optional(value.time),
});

/** A message has another text. */
export const EditedEvent = z.object({ type: z.literal('edited'), ...revision });

/** A message is gone, but for its place. */
export const DeletedEvent = z.object({ type: z.literal('deleted'), ...revision });

/** Someone reacted to a message, or took a reaction back. */
export const ReactedEvent = z.object({
  type: z.literal('reacted'),
  ...revision,
  emoji: z.string(),
  /** The reaction was taken back. */
  removed: z.optional(z.literal(true)),
});

/** `seq` 0 says that the conversation was made; a client that doesn't know it fetches it. What isn't given stays as it is. */
export const ChangedEvent = z.object({
  type: z.literal('conversation'),
  conversationId: value.id,
  seq: value.seq,
  name: z.optional(z.nullable(z.string())),
  avatarUrl: z.optional(z.string()),
  /** What one may see has changed: a client forgets the messages of the conversation and fetches them again. */
  history: z.optional(HistoryAccess),
});

/** What changes a conversation; the same shape live and in `/sync`. */
export const ConversationEvent = z.discriminatedUnion('type', [
  MessageEvent,
  MemberEvent,
  EditedEvent,
  DeletedEvent,
  ReactedEvent,
  ChangedEvent,
]);

/** The pointers of a member, up to and including these; without a `seq` of its own. */
export const ReceiptEvent = z.object({ type: z.literal('receipt'), conversationId: value.id, ...Receipt.shape });

/** To the person's own devices: they muted a conversation on one of them, or no longer. Without a `seq`; it may be overtaken. */
export const MutedEvent = z.object({ type: z.literal('muted'), conversationId: value.id, muted: z.boolean() });

/** Of someone else; it lapses after `limits.typingLapseSeconds` seconds. */
export const TypingEvent = z.object({
  type: z.literal('typing'),
  conversationId: value.id,
  userId: value.id,
  typing: z.boolean(),
});

/** Of someone whom this socket asked about. */
export const PresenceEvent = z.object({ type: z.literal('presence'), ...Presence.shape });

/** To its uploader's devices: a file was looked at. Its addresses are at `GET /media/{id}`. */
export const MediaEvent = z.object({
  type: z.literal('media'),
  ...z.omit(Media, { url: true, thumbnailUrl: true, expiresIn: true }).shape,
});

/** The server is about to close this socket. */
export const ByeEvent = z.object({
  type: z.literal('bye'),
  /** `logged_out`: this login was ended. Others may come. */
  reason: z.string(),
  /** Whether to come back with a new socket. */
  reconnect: z.boolean(),
});

/** Everything that the server pushes. Clients ignore types that they don't know. */
export const Event = z.discriminatedUnion('type', [
  ConversationEvent,
  ReceiptEvent,
  MutedEvent,
  TypingEvent,
  PresenceEvent,
  MediaEvent,
  ByeEvent,
]);

export const SyncRequest = z.strictObject({
  /** The last `seq` known of each conversation. */
  cursors: z
    .record(value.id, value.seq)
    .check(z.refine((cursors) => Object.keys(cursors).length <= limits.syncCursors, 'too many cursors')),
});

export const SyncedConversation = z.object({
  conversationId: value.id,
  lastSeq: value.seq,
  readSeq: value.seq,
  /** As of `lastSeq`, like `readSeq`. */
  unread: z.int(),
  /** As it is now. */
  muted: z.boolean(),
  /** In ascending `seq`. When `more` is false the client's cursor becomes `lastSeq`, else the last event's `seq`. */
  events: z.array(ConversationEvent),
  more: z.boolean(),
  /** Too much changed: forget what is known of the conversation, `events` has its newest page. */
  resync: z.optional(z.literal(true)),
});

export const Sync = z.object({
  conversations: z.array(SyncedConversation),
  /** The caller's conversations that the request didn't name. */
  added: z.array(Conversation),
  /** Named ones that the caller is not (or no longer) a member of. */
  removed: z.array(value.id),
  /** Something was left out to keep the answer small: sync again from where this brought the client. */
  more: z.boolean(),
});

export type ConversationEvent = z.infer<typeof ConversationEvent>;
export type Event = z.infer<typeof Event>;
export type SyncRequest = z.infer<typeof SyncRequest>;
export type SyncedConversation = z.infer<typeof SyncedConversation>;
export type Sync = z.infer<typeof Sync>;
