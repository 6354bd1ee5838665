import * as z from 'zod/mini';
import { Attachment } from './media.ts';
import * as value from './values.ts';

export const Reaction = z.object({
  emoji: z.string(),
  /** How many people have reacted with this emoji. */
  count: z.int(),
  /** The first people who reacted with it, at most `limits.listedReactors`. */
  userIds: z.array(value.id),
  /**
   * True if the caller is one of these people. It is only in HTTP answers, because pushed events are the same for all members; such
   * an event says in `by` who reacted.
   */
  mine: z.optional(z.literal(true)),
});

export const Message = z.object({
  /** The message's position among all changes of the conversation. */
  seq: value.seq,
  /** The message's position among the messages of the conversation. */
  n: z.int(),
  senderId: value.id,
  /** The `id` that its sender gave it. */
  clientId: value.clientId,
  /** Empty if the message was deleted or has only media. */
  text: z.string(),
  media: z.array(Attachment),
  /** The `seq` of the message that this one answers. That message may be deleted, or not visible to the reader. */
  replyTo: z.nullable(value.seq),
  sentAt: value.time,
  /** When the text was last edited. */
  editedAt: z.optional(value.time),
  /** When the message was deleted. A deleted message has no text, media or reactions. */
  deletedAt: z.optional(value.time),
  /** One entry for each emoji, in the order of their first use. */
  reactions: z.optional(z.array(Reaction)),
  /**
   * The `seq` of the newest edit, deletion or reaction. Of two states of a message, the one with the higher `updatedSeq` is newer,
   * and a missing `updatedSeq` counts as 0.
   */
  updatedSeq: z.optional(value.seq),
});

/** The text of a message from before an edit. `replacedAt` is the time of the edit. */
export const Version = z.object({ text: z.string(), replacedAt: value.time });

/** The texts of a message from before each of its edits, oldest first. */
export const Versions = z.object({ versions: z.array(Version) });

export type Reaction = z.infer<typeof Reaction>;
export type Versions = z.infer<typeof Versions>;
export type Message = z.infer<typeof Message>;
