import * as z from 'zod/mini';
import * as value from './values.ts';

export const Message = z.object({
  /** Position among all changes of the conversation. */
  seq: value.seq,
  /** Position among its messages. */
  n: z.int(),
  senderId: value.id,
  /** The `id` under which its sender sent it. */
  clientId: value.clientId,
  text: z.string(),
  /** Always empty in messages of this version. */
  media: z.array(z.never()),
  replyTo: z.nullable(value.seq),
  sentAt: value.time,
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
  hasMore: z.boolean(),
});

export type Message = z.infer<typeof Message>;
export type HistoryQuery = z.infer<typeof HistoryQuery>;
export type History = z.infer<typeof History>;
