import type { MailJob } from '#core/accounts/mail-job.ts';
import { type MailLimits, mailboxRates } from '#core/accounts/mail-limits.ts';
import { encodeMailToken, type TokenPurpose } from '#core/accounts/mail-token.ts';
import type { Account, MailTokens, Users } from '#core/accounts/ports.ts';
import { hashSecret } from '#core/accounts/refresh-token.ts';
import { isoTime } from '#core/clock.ts';
import type { Runtime } from '#core/runtime.ts';
import { limits } from '#protocol/limits.ts';
import type { Language } from '#protocol/people.ts';
import { type Mail, mails } from './mails.ts';

export interface MailerPorts extends Pick<Runtime, 'now'> {
  readonly users: Pick<Users, 'get' | 'idOfEmail'>;
  readonly tokens: Pick<MailTokens, 'add' | 'remove'>;
  readonly mailLimits: MailLimits;
  /** The language that a user has set, or undefined. */
  readonly languageOf: (userId: string) => Promise<Language | undefined>;
  readonly send: (to: string, mail: Mail) => Promise<void>;
  readonly newSecret: () => Uint8Array;
  /** The address of the page, without a slash at the end. */
  readonly pageUrl: string;
}

export type Outcome = 'sent' | 'nobody' | 'limited';

/**
 * Writes and sends a mail. Sends nothing (`nobody`) if there is no such account any more, or what the mail is about has changed, and
 * nothing (`limited`) if its mailbox got too many of its kind. It may be called twice for one job, which then are two mails.
 */
export async function sendMail(ports: MailerPorts, job: MailJob): Promise<Outcome> {
  const userId = job.kind === 'reset' ? await ports.users.idOfEmail(job.email) : job.userId;
  const account = userId === undefined ? undefined : await ports.users.get(userId, { consistent: true });
  if (!account) return 'nobody';
  const to = recipient(job, account);
  if (to === undefined) return 'nobody';
  // An address that another account has gets no link. Nobody is told that.
  if (job.kind === 'change' && (await ports.users.idOfEmail(to)) !== undefined) return 'nobody';

  const kind = job.kind === 'notice' || job.kind === 'email_changed' ? 'notices' : 'links';
  const allowed = await ports.mailLimits.take(`${kind}#${to}`, mailboxRates[kind], ports.now());
  if ('error' in allowed) return 'limited';
  const words = mails[(await ports.languageOf(account.id)) ?? job.language];
  await ports.send(to, await write(ports, job, account, to, words));
  return 'sent';
}

/** The address that a mail goes to, or undefined if it has become pointless. */
function recipient(job: MailJob, { email, emailVerified }: Account): string | undefined {
  switch (job.kind) {
    case 'reset':
      return job.email === email ? email : undefined;
    case 'verify':
      return emailVerified ? undefined : email;
    case 'change':
      return job.email === email ? undefined : job.email;
    case 'notice':
      return email;
    case 'email_changed':
      return job.former;
    default:
      throw new Error(`There is no mail ${job satisfies never}`);
  }
}

async function write(
  ports: MailerPorts,
  job: MailJob,
  account: Account,
  to: string,
  words: (typeof mails)[Language],
): Promise<Mail> {
  switch (job.kind) {
    case 'reset':
      // A name that somebody chose is only told to those who have shown that the account is theirs.
      return words.reset(
        await link(ports, account.id, 'reset', to),
        account.emailVerified ? account.username : undefined,
      );
    case 'verify':
      return words.verify(await link(ports, account.id, 'verify', to));
    case 'change':
      await ports.tokens.remove(account.id, ['change']);
      return words.verify(await link(ports, account.id, 'change', to));
    case 'notice':
      return words[job.notice]({ device: job.device, at: isoTime(job.at) });
    case 'email_changed':
      return words.email_changed({ device: job.device, at: isoTime(job.at) });
    default:
      throw new Error(`There is no mail ${job satisfies never}`);
  }
}

/**
 * The address of the page with a new token, of which only the hash is stored. The token is in the fragment, which browsers send to no
 * server, so it is in no log (RFC 3986, "Fragment").
 */
async function link(
  { tokens, newSecret, now, pageUrl }: MailerPorts,
  userId: string,
  purpose: TokenPurpose,
  email: string,
): Promise<string> {
  const secret = newSecret();
  const life = purpose === 'reset' ? limits.resetTokenSeconds : limits.emailTokenSeconds;
  await tokens.add(userId, { hash: hashSecret(secret), purpose, email, expiresAt: now() + life * 1000 });
  const token = encodeMailToken({ userId, secret });
  return `${pageUrl}/#/${purpose === 'reset' ? 'reset' : 'verify'}?token=${token}`;
}
