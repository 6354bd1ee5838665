import * as z from 'zod/mini';
import { languages } from '#protocol/people.ts';

/** What people are told of by mail, so that they can act if it wasn't them. */
const notices = ['new_login', 'password_changed', 'email_change_requested'] as const;

/** `language` is that of the request, and counts if the person has set none. */
const common = { language: z.enum(languages) };
/** Who did it, and when, in ms since 1970. */
const doing = { device: z.string(), at: z.number() };

/**
 * A mail to write, as a message of the queue Mails. It has no token: tokens are made when the mail is sent, so none is in a queue.
 * - `reset`: a link for a new password, if an account has this address
 * - `verify`: a link that verifies the account's present address
 * - `change`: a link that verifies another address, which then becomes the account's
 * - `notice`: something that happened to the account
 * - `email_changed`: the same, to the address that was the account's
 */
export const MailJob = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('reset'), email: z.string(), ...common }),
  z.object({ kind: z.literal('verify'), userId: z.string(), ...common }),
  z.object({ kind: z.literal('change'), userId: z.string(), email: z.string(), ...common }),
  z.object({ kind: z.literal('notice'), userId: z.string(), notice: z.enum(notices), ...doing, ...common }),
  z.object({ kind: z.literal('email_changed'), userId: z.string(), former: z.string(), ...doing, ...common }),
]);

export type MailJob = z.infer<typeof MailJob>;
