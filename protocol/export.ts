import * as z from 'zod/mini';
import { User } from './accounts.ts';
import { Conversation } from './conversations.ts';
import { Activity, LoginSessions } from './credentials.ts';
import { Invitation } from './invitations.ts';
import { Message, Versions } from './messages.ts';
import { Settings } from './people.ts';
import * as value from './values.ts';

export const ExportQuery = z.strictObject({ cursor: z.optional(value.cursor) });

/** One page of the data that is stored about a person. */
export const Export = z.object({
  /** Only on the first page. */
  person: z.optional(
    z.object({
      user: User,
      settings: Settings,
      blocks: z.array(value.id),
      /** The invitations that wait for an answer, and those that the person has declined. */
      invitations: z.array(
        z.object({ ...z.pick(Invitation, { conversationId: true, by: true, createdAt: true }).shape }),
      ),
      declinedInvitations: z.array(z.object({ conversationId: value.id, declinedAt: value.time })),
      sessions: LoginSessions.shape.sessions,
      activity: Activity.shape.events,
      /** Every conversation that the person is or was a member of. */
      conversations: z.array(z.object({ ...z.pick(Conversation, { id: true, type: true, name: true }).shape })),
    }),
  ),
  /** The person's messages in those conversations, with the texts from before each edit. Each message is on one page. */
  messages: z.array(z.object({ conversationId: value.id, message: Message, versions: Versions.shape.versions })),
  /** The `cursor` of the next page, or null after the last one. An empty page may still have a next one. */
  nextCursor: z.nullable(z.string()),
});

export type ExportQuery = z.infer<typeof ExportQuery>;
export type Export = z.infer<typeof Export>;
