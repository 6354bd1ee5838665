import * as z from 'zod/mini';
import { Event } from './events.ts';
import * as value from './values.ts';

/** The WebSocket subprotocol; a browser offers it beside `bearer.<access token>`. */
export const subprotocol = 'storm.v1';
export const bearerPrefix = 'bearer.';

/** The client's own id of a frame; the reply bears it. */
export const frameId = z.string().check(z.minLength(1), z.maxLength(64));

export const SendMessage = z.strictObject({
  action: z.literal('message'),
  id: value.clientId,
  conversationId: value.id,
  text: value.text,
  replyTo: z.optional(value.seq.check(z.gte(1))),
  /** The newest `seq` that the client knew when it first sent this id. */
  after: z.optional(value.seq),
});

export const SendReceipt = z.strictObject({
  action: z.literal('receipt'),
  id: frameId,
  conversationId: value.id,
  /** Up to and including. */
  seq: value.seq,
  status: z.enum(['delivered', 'read']),
});

/**
 * Frames that API Gateway deals with by itself, without a function: `ping` is answered `{"type":"pong"}`, `keepalive` with
 * nothing. They need no `id`, and nobody looks at other fields.
 */
export const Beat = z.object({ action: z.enum(['ping', 'keepalive']) });
export const Pong = z.object({ type: z.literal('pong') });

/** The frames that the default route takes; `message` and the beats have routes of their own. */
export const Command = z.discriminatedUnion('action', [SendReceipt]);

export const Sent = z.object({ seq: value.seq, sentAt: value.time });

export const ReplyFrame = z.object({
  /** The frame's `id`; null where it had none. */
  re: z.nullable(z.union([z.string(), z.number()])),
  ok: z.optional(z.unknown()),
  error: z.optional(
    z.object({
      code: z.string(),
      message: z.string(),
      temporary: z.boolean(),
      retryAfterMs: z.optional(z.int()),
    }),
  ),
});

/** At most 32 KB; several events share a frame when they are due together. */
export const EventsFrame = z.object({ events: z.array(Event) });

export type SendMessage = z.infer<typeof SendMessage>;
export type SendReceipt = z.infer<typeof SendReceipt>;
export type Command = z.infer<typeof Command>;
export type Sent = z.infer<typeof Sent>;
export type ReplyFrame = z.infer<typeof ReplyFrame>;
export type EventsFrame = z.infer<typeof EventsFrame>;
