import * as z from 'zod/mini';
import { User } from './accounts.ts';
import { Conversation } from './conversations.ts';
import { Message, Versions } from './messages.ts';
import { Settings } from './people.ts';
import * as value from './values.ts';

export const ExportQuery = z.strictObject({ cursor: z.optional(value.cursor) });

/** What is kept about a person, in pages. */
export const Export = z.object({
  /** The person themselves is on the first page. */
  person: z.optional(
    z.object({
      user: User,
      settings: Settings,
      blocks: z.array(value.id),
      /** All in which they are or were. */
      conversations: z.array(z.object({ ...z.pick(Conversation, { id: true, type: true, name: true }).shape })),
    }),
  ),
  /** Their messages in all of those, each on one page, with what they said before they were edited. */
  messages: z.array(z.object({ conversationId: value.id, message: Message, versions: Versions.shape.versions })),
  /** A page may be empty and still have a next one. */
  nextCursor: z.nullable(z.string()),
});

export type ExportQuery = z.infer<typeof ExportQuery>;
export type Export = z.infer<typeof Export>;
