import * as z from 'zod/mini';
import { Attachment } from './media.ts';
import * as value from './values.ts';

export const Reaction = z.object({
  emoji: z.string(),
  /** How many reacted with it. */
  count: z.int(),
  /** The first of them, up to `limits.listedReactors`. */
  userIds: z.array(value.id),
  /** In answers to one person (history, sync, lists): they are among them. Live events say who reacted instead. */
  mine: z.optional(z.literal(true)),
});

export const Message = z.object({
  /** Position among all changes of the conversation. */
  seq: value.seq,
  /** Position among its messages. */
  n: z.int(),
  senderId: value.id,
  /** The `id` under which its sender sent it. */
  clientId: value.clientId,
  /** Empty once it is deleted, or its sender has erased their account. */
  text: z.string(),
  media: z.array(Attachment),
  /** The `seq` of the message that it answers, which need not be there any more, nor be visible to everyone. */
  replyTo: z.nullable(value.seq),
  sentAt: value.time,
  /** When its text was last changed. */
  editedAt: z.optional(value.time),
  /** When it was deleted: it has no text, media and reactions any more. */
  deletedAt: z.optional(value.time),
  /** In the order in which the emoji came up. */
  reactions: z.optional(z.array(Reaction)),
  /** The `seq` of the newest edit, deletion or reaction: of two states of a message the one with the higher `updatedSeq` is newer. */
  updatedSeq: z.optional(value.seq),
});

/** Query of `GET /conversations/{id}/messages`: `before` and `after` are exclusive bounds. */
export const HistoryQuery = z.strictObject({
  before: z.optional(value.numberInQuery),
  after: z.optional(value.numberInQuery),
  limit: value.pageSize,
});

export const History = z.object({
  /** In ascending `seq`. */
  messages: z.array(Message),
  /** Whether there are more beyond the page: before it, or with `after` alone behind it. */
  hasMore: z.boolean(),
});

/** What a message said before its edits, oldest first; for its author and the admins of the group. */
export const Versions = z.object({ versions: z.array(z.object({ text: z.string(), replacedAt: value.time })) });

export type Reaction = z.infer<typeof Reaction>;
export type Versions = z.infer<typeof Versions>;
export type Message = z.infer<typeof Message>;
export type HistoryQuery = z.infer<typeof HistoryQuery>;
export type History = z.infer<typeof History>;
