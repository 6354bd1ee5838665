import * as z from 'zod/mini';
import { ServiceError } from '../error.ts';
import type { Mail } from './mails.ts';

const Part = z.object({ Data: z.string(), Charset: z.optional(z.string()) });
const Body = z.object({ Text: z.optional(Part), Html: z.optional(Part) });
const list = z._default(z.array(z.string()), []);

/** The part of the input that is supported: `Simple` content. */
const SendEmail = z.object({
  FromEmailAddress: z.string(),
  Destination: z.object({ ToAddresses: list, CcAddresses: list, BccAddresses: list }),
  Content: z.object({ Simple: z.object({ Subject: Part, Body }) }),
});

/** "Service quotas in Amazon SES": 50 recipients, and 40 MB with the encoding of attachments, of which there are none here. */
const limits = { recipients: 50, bytes: 40_000_000 };

/** `name@host.domain`, with ASCII alone before the `@` ("SendEmail" in the SES API v2 reference), 320 characters at most. */
const isAddress = (address: string) =>
  address.length <= 320 && /^[\x21-\x7e]{1,64}@[^\s@"<>,;:]+\.[^\s@"<>,;:.]+$/.test(address);

/** The address of `Name <address>`. */
const bare = (address: string) => /<([^<>]*)>\s*$/.exec(address)?.[1] ?? address;

/**
 * Takes the input of SendEmail, and returns the mail. Refuses what SES refuses: missing parts, no recipient or too many, what is no
 * address, an empty subject or body, a mail that is too large. Which senders are verified, and whether the account is in the sandbox,
 * is not known here.
 */
export function mailOf(input: unknown): Omit<Mail, 'id' | 'sentAt'> {
  const parsed = SendEmail.safeParse(input);
  if (!parsed.success) throw bad(z.prettifyError(parsed.error));
  const { FromEmailAddress: from, Destination, Content } = parsed.data;
  const to = [...Destination.ToAddresses, ...Destination.CcAddresses, ...Destination.BccAddresses];
  if (to.length === 0) throw bad('The mail has no recipient.');
  if (to.length > limits.recipients) throw bad(`A mail has at most ${limits.recipients} recipients.`);
  for (const address of [from, ...to]) if (!isAddress(bare(address))) throw bad(`Illegal address: ${address}`);
  const { Subject, Body } = Content.Simple;
  const [text, html] = [Body.Text?.Data, Body.Html?.Data];
  if (!text && !html) throw bad('The mail has no body.');
  if (/[\r\n]/.test(Subject.Data)) throw bad('The subject has a line break.');
  if (Buffer.byteLength(`${Subject.Data}${text ?? ''}${html ?? ''}`) > limits.bytes)
    throw new ServiceError('MessageRejected', `Message length is more than ${limits.bytes} bytes long.`);
  return { from, to, subject: Subject.Data, ...(text && { text }), ...(html && { html }) };
}

const bad = (message: string) => new ServiceError('BadRequestException', message);
