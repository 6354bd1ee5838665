import * as z from 'zod/mini';
import { User } from './accounts.ts';
import { Conversation } from './conversations.ts';
import { Activity, LoginSessions } from './credentials.ts';
import { Invitation } from './invitations.ts';
import { Message, Version } from './messages.ts';
import { Settings } from './people.ts';
import * as value from './values.ts';

export const ExportQuery = z.strictObject({ cursor: z.optional(value.cursor) });

export const ExportedInvitation = z.pick(Invitation, { conversationId: true, by: true, createdAt: true });
export const DeclinedInvitation = z.object({ conversationId: value.id, declinedAt: value.time });
export const ExportedConversation = z.pick(Conversation, { id: true, type: true, name: true });

/** A message of the person, with the texts from before each edit. */
export const ExportedMessage = z.object({
  conversationId: value.id,
  message: Message,
  versions: z.array(Version),
});

/** What is stored about a person but their messages. */
export const ExportedPerson = z.object({
  user: User,
  settings: Settings,
  blocks: z.array(value.id),
  /** The invitations that wait for an answer, and those that the person has declined. */
  invitations: z.array(ExportedInvitation),
  declinedInvitations: z.array(DeclinedInvitation),
  sessions: LoginSessions.shape.sessions,
  activity: Activity.shape.events,
  /** Every conversation that the person is or was a member of. */
  conversations: z.array(ExportedConversation),
});

/** One page of the data that is stored about a person. */
export const Export = z.object({
  /** Only on the first page. */
  person: z.optional(ExportedPerson),
  /** The person's messages in those conversations. Each message is on one page. */
  messages: z.array(ExportedMessage),
  /** The `cursor` of the next page, or null after the last one. An empty page may still have a next one. */
  nextCursor: z.nullable(z.string()),
});

export type ExportQuery = z.infer<typeof ExportQuery>;
export type Export = z.infer<typeof Export>;
