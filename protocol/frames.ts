import * as z from 'zod/mini';
import { Event } from './events.ts';
import { limits } from './limits.ts';
import { AskPresence } from './presence.ts';
import { SendReceipt, type SendReceipts } from './receipts.ts';
import * as value from './values.ts';

/** The WebSocket subprotocol. A browser, which can set no headers, offers `bearer.<access token>` as a second one. */
export const subprotocol = 'storm.v1';
export const bearerPrefix = 'bearer.';

/** The `seq` of a message. */
export const messageSeq = z.int().check(z.gte(1));

export const SendMessage = z
  .strictObject({
    action: z.literal('message'),
    id: value.clientId,
    conversationId: value.id,
    /** Optional if the message has media. An empty text is the same as none. */
    text: z.optional(value.caption),
    /**
     * The ids of `ready` files: files that the sender has uploaded for this conversation, or files of messages that the sender can
     * see in any conversation.
     */
    mediaIds: z.optional(
      z.array(value.id).check(
        z.minLength(1),
        z.maxLength(limits.mediaPerMessage),
        z.refine((ids) => new Set(ids).size === ids.length, 'must not name a file twice'),
      ),
    ),
    /**
     * The `seq` of the message that this one answers. The server doesn't check that it is there, and a reader may be unable to see
     * it.
     */
    replyTo: z.optional(messageSeq),
    /**
     * The client's cursor of the conversation when it first sent this id; one that the conversation hasn't reached is refused. The
     * server looks for an earlier copy of the message after it and, for a UUIDv7, back to a day before the time of the id.
     */
    after: z.optional(value.seq),
  })
  .check(z.refine(({ text = '', mediaIds }) => text !== '' || mediaIds !== undefined, 'must have a text or media'));

export const EditMessage = z.strictObject({
  action: z.literal('edit'),
  id: value.frameId,
  conversationId: value.id,
  seq: messageSeq,
  text: value.text,
});

export const DeleteMessage = z.strictObject({
  action: z.literal('delete'),
  id: value.frameId,
  conversationId: value.id,
  seq: messageSeq,
});

export const React = z
  .strictObject({
    action: z.literal('react'),
    id: value.frameId,
    conversationId: value.id,
    seq: messageSeq,
    /** To add a reaction, one emoji. To remove one, whatever it is: it may have been stored when other emoji were taken. */
    emoji: value.reactionEmoji,
    /** Removes the reaction instead of adding it. */
    remove: z.optional(z.boolean()),
  })
  .check(
    z.refine(({ emoji, remove }) => remove === true || value.isEmoji(emoji), {
      path: ['emoji'],
      error: 'must be one emoji',
    }),
  );

export const SendTyping = z.strictObject({
  action: z.literal('typing'),
  id: value.frameId,
  conversationId: value.id,
  typing: z.boolean(),
});

/**
 * Says whether somebody looks at this client. A new socket counts as visible. What a client receives while nobody looks at it is
 * `delivered` as ever, but keeps no notification back.
 */
export const SetVisibility = z.strictObject({
  action: z.literal('visibility'),
  id: value.frameId,
  visible: z.boolean(),
});

/**
 * A heartbeat that API Gateway handles without a function: it answers `ping` with `{"type":"pong"}`, and `keepalive` not at all.
 * The frame needs no `id`, and other fields are ignored.
 */
export const BeatAction = z.enum(['ping', 'keepalive']);
export const Beat = z.object({ action: BeatAction });
export const Pong = z.object({ type: z.literal('pong') });

/** The frames of the `$default` route. `message`, `receipts`, `ping` and `keepalive` have routes of their own. */
export const Command = z.discriminatedUnion(
  'action',
  [EditMessage, DeleteMessage, React, SendReceipt, SendTyping, AskPresence, SetVisibility],
  'must be one of message, edit, delete, react, receipt, receipts, typing, presence, visibility, ping, keepalive',
);

export const Sent = z.object({ seq: value.seq, sentAt: value.time });
/** The `seq` of the edit, deletion or reaction. If it changed nothing, `seq` is that of the message's newest change. */
export const Revised = z.object({ seq: value.seq });

export const ReplyError = z.object({
  /** A stable code for programs. New codes may be added: for a code that it doesn't know, a client goes by `temporary`. */
  code: z.string(),
  /** A text for developers. Its wording may change. */
  message: z.string(),
  /** Whether the same frame may succeed later. */
  temporary: z.boolean(),
  /** How long to wait before sending the frame again, in milliseconds. */
  retryAfterMs: z.optional(z.int()),
});

/** What is answered when there is nothing to say but that it is done. */
export const Done = z.object({});

/** The `id` of the frame that is answered, or null if it had no usable one. A number is no usable id, but comes back. */
export const re = z.union([z.string(), z.number(), z.null()]);

/** The answer to a frame. It has either `ok` or `error`. */
export const ReplyFrame = z.object({
  re,
  ok: z.optional(z.unknown()),
  error: z.optional(ReplyError),
});

/** A frame of at most `limits.frameBytes` bytes. Events that are due together share one. */
export const EventsFrame = z.object({ events: z.array(Event) });

export type SendMessage = z.infer<typeof SendMessage>;
export type EditMessage = z.infer<typeof EditMessage>;
export type DeleteMessage = z.infer<typeof DeleteMessage>;
export type React = z.infer<typeof React>;
export type SendTyping = z.infer<typeof SendTyping>;
export type SetVisibility = z.infer<typeof SetVisibility>;
export type Command = z.infer<typeof Command>;
/** Every frame that is answered with a reply, if only after a failure. */
export type Frame = SendMessage | Command | SendReceipts;
export type Sent = z.infer<typeof Sent>;
export type Revised = z.infer<typeof Revised>;
export type ReplyFrame = z.infer<typeof ReplyFrame>;
export type EventsFrame = z.infer<typeof EventsFrame>;
