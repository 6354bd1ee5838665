import * as z from 'zod/mini';
import { ChangedEvent, MemberEvent } from './events.ts';
import { Message } from './messages.ts';
import * as value from './values.ts';

/** The query of `GET /conversations/{id}/messages`. `before` and `after` are values of `seq` and exclusive bounds. */
export const HistoryQuery = z.strictObject({
  before: z.optional(value.numberInQuery),
  after: z.optional(value.numberInQuery),
  limit: value.pageSize,
});

export const History = z.object({
  /** In ascending `seq`. */
  messages: z.array(Message),
  /** Whether the range has more messages: older ones than this page, or newer ones if only `after` was given. */
  hasMore: z.boolean(),
  /**
   * What happened to the group and its members between these messages, and on to the end of the range where there are no more of them, in
   * ascending `seq`: the newest `limits.historyChanges` of it. They are for showing; the cursor and the list of members come by `/sync`.
   */
  changes: z.optional(z.array(z.discriminatedUnion('type', [MemberEvent, ChangedEvent]))),
});

export type HistoryQuery = z.infer<typeof HistoryQuery>;
export type History = z.infer<typeof History>;
