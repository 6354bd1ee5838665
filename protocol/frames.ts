import * as z from 'zod/mini';
import { Event } from './events.ts';
import { limits } from './limits.ts';
import { AskPresence } from './presence.ts';
import { SendReceipt } from './receipts.ts';
import * as value from './values.ts';

/** The WebSocket subprotocol; a browser offers it beside `bearer.<access token>`. */
export const subprotocol = 'storm.v1';
export const bearerPrefix = 'bearer.';

/** The `seq` of a message. */
const target = value.seq.check(z.gte(1));

export const SendMessage = z
  .strictObject({
    action: z.literal('message'),
    id: value.clientId,
    conversationId: value.id,
    /** May be left out where there is media. */
    text: z.optional(value.text),
    /** Files that are `ready`: the sender's own of this conversation, or what they can see in another one. */
    mediaIds: z.optional(
      z.array(value.id).check(
        z.minLength(1),
        z.maxLength(limits.mediaPerMessage),
        z.refine((ids) => new Set(ids).size === ids.length, 'must not name a file twice'),
      ),
    ),
    /** Kept as it is given: whoever can't see that message, or finds none there, sees an answer to something unknown. */
    replyTo: z.optional(target),
    /** The newest `seq` that the client knew when it first sent this id. */
    after: z.optional(value.seq),
  })
  .check(z.refine(({ text, mediaIds }) => text !== undefined || mediaIds !== undefined, 'must have a text or media'));

export const EditMessage = z.strictObject({
  action: z.literal('edit'),
  id: value.frameId,
  conversationId: value.id,
  seq: target,
  text: value.text,
});

export const DeleteMessage = z.strictObject({
  action: z.literal('delete'),
  id: value.frameId,
  conversationId: value.id,
  seq: target,
});

export const React = z.strictObject({
  action: z.literal('react'),
  id: value.frameId,
  conversationId: value.id,
  seq: target,
  emoji: value.emoji,
  /** Takes the reaction back. */
  remove: z.optional(z.boolean()),
});

export const SendTyping = z.strictObject({
  action: z.literal('typing'),
  id: value.frameId,
  conversationId: value.id,
  typing: z.boolean(),
});

/**
 * Frames that API Gateway deals with by itself, without a function: `ping` is answered `{"type":"pong"}`, `keepalive` with
 * nothing. They need no `id`, and nobody looks at other fields.
 */
export const Beat = z.object({ action: z.enum(['ping', 'keepalive']) });
export const Pong = z.object({ type: z.literal('pong') });

/** The frames that the default route takes; `message` and the beats have routes of their own. */
export const Command = z.discriminatedUnion('action', [
  EditMessage,
  DeleteMessage,
  React,
  SendReceipt,
  SendTyping,
  AskPresence,
]);

export const Sent = z.object({ seq: value.seq, sentAt: value.time });
/** The `seq` of the edit, deletion or reaction; where it changed nothing, that of the message's newest state. */
export const Revised = z.object({ seq: value.seq });

export const ReplyError = z.object({
  /** For programs: stable. A client may meet codes that it doesn't know, and then goes by `temporary`. */
  code: z.string(),
  /** For developers; its words may change. */
  message: z.string(),
  /** Whether the same frame may succeed later. */
  temporary: z.boolean(),
  /** Wait this long before it is tried again. */
  retryAfterMs: z.optional(z.int()),
});

/** The answer to a frame: `ok` or `error`. */
export const ReplyFrame = z.object({
  /** The frame's `id`; null where it had none. */
  re: z.nullable(z.union([z.string(), z.number()])),
  ok: z.optional(z.unknown()),
  error: z.optional(ReplyError),
});

/** At most 32 KB; several events share a frame when they are due together. */
export const EventsFrame = z.object({ events: z.array(Event) });

export type SendMessage = z.infer<typeof SendMessage>;
export type EditMessage = z.infer<typeof EditMessage>;
export type DeleteMessage = z.infer<typeof DeleteMessage>;
export type React = z.infer<typeof React>;
export type SendTyping = z.infer<typeof SendTyping>;
export type Command = z.infer<typeof Command>;
export type Sent = z.infer<typeof Sent>;
export type Revised = z.infer<typeof Revised>;
export type ReplyFrame = z.infer<typeof ReplyFrame>;
export type EventsFrame = z.infer<typeof EventsFrame>;
