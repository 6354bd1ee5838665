import { createQueue } from '#adapters/queues/queue.ts';
import type { MailJob } from '#core/accounts/mail-job.ts';
import { asError, logger } from './log.ts';

const queueUrl = process.env['MAILS_QUEUE_URL'];
const queue = queueUrl ? createQueue<MailJob>(queueUrl) : undefined;

/**
 * Queues a mail, if the stage sends mails (`mailFrom`). It never fails: what the mail is about is done, or nobody may know whether it
 * is. A failure is logged.
 */
export async function queueMail(job: MailJob): Promise<void> {
  try {
    await queue?.send(job);
  } catch (error) {
    logger.error('A mail could not be queued', { kind: job.kind, error: asError(error) });
  }
}
