import * as z from 'zod/mini';
import { Conversation } from './conversations.ts';
import * as value from './values.ts';

/** An invitation of the caller to a group. It waits until they accept or decline it, or until it lapses. */
export const Invitation = z.object({
  conversationId: value.id,
  name: Conversation.shape.name,
  /** The member who invites the caller. */
  by: value.id,
  memberCount: Conversation.shape.memberCount,
  /** When the invitation was made. */
  createdAt: value.time,
});

/** The newest comes first. */
export const Invitations = z.object({ invitations: z.array(Invitation) });

/** A yes or no in a query string. */
export const Flag = z.enum(['true', 'false']);

export const DeclineQuery = z.strictObject({
  /** With `true`, the one who invited the caller is blocked, too. */
  block: z.optional(Flag),
});

export type Invitation = z.infer<typeof Invitation>;
export type Invitations = z.infer<typeof Invitations>;
