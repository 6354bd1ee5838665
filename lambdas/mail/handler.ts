import { randomBytes } from 'node:crypto';
import { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createMailLimits } from '#adapters/dynamo/users/mail-limits.ts';
import { createMailTokens } from '#adapters/dynamo/users/mail-tokens.ts';
import { createUsers } from '#adapters/dynamo/users/users.ts';
import { createMailSender } from '#adapters/mail/ses.ts';
import { runtime } from '#adapters/runtime.ts';
import { MailJob } from '#core/accounts/mail-job.ts';
import { sendMail } from '#core/mails/mailer.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { logger } from '#lambdas/kit/log.ts';
import { queueHandler } from '#lambdas/kit/queue.ts';

const client = createClient();
const users = createTable(client, setting('USERS_TABLE'));
const sessions = createSessions(createTable(client, setting('CONNECTIONS_TABLE')));
const send = createMailSender(setting('MAIL_FROM'));

const ports = {
  ...runtime,
  // A mail shows no avatar.
  users: createUsers(users, () => ''),
  tokens: createMailTokens(client, users),
  mailLimits: createMailLimits(users),
  languageOf: async (userId: string) => (await sessions.settings(userId))?.language,
  send: async (to: string, mail: Parameters<typeof send>[1]) => {
    if ((await send(to, mail)) === 'bad address') logger.warn('SES does not take the address of a mail');
  },
  newSecret: () => randomBytes(32),
  pageUrl: setting('PAGE_URL'),
};

/** Writes and sends the mails of the queue Mails. What SES doesn't take now is received again. */
export const handler = queueHandler(MailJob, async (job) => {
  logger.info('A mail was handled', { kind: job.kind, outcome: await sendMail(ports, job) });
  return 'done';
});
