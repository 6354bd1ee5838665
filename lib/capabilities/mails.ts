import { Duration } from 'aws-cdk-lib';
import { MailSender } from '#lib/constructs/mail-sender.ts';
import { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/** Lets functions have mails written. */
export type Mails = Pick<WorkQueue, 'grantSend'>;

/** Mails to people about their accounts. Undefined without a sender (`mailFrom`): nothing is deployed then, and nothing is sent. */
export function addMails(foundation: Foundation): Mails | undefined {
  const { stack, settings, tables, alarms, site } = foundation;
  if (settings.mailFrom === undefined) return undefined;

  const mail = addFunction(foundation, 'mail', { memoryMiB: 512, timeout: Duration.seconds(29) });
  tables.grantMail(mail);
  new MailSender(settings.mailFrom).grantSend(mail);
  mail.addEnvironment('PAGE_URL', site.url);
  return new WorkQueue(stack, 'Mails', {
    consumer: mail,
    // SES may allow one mail a second ("Service quotas in Amazon SES"); what it refuses waits in the queue.
    batchSize: 1,
    maxConcurrency: 2,
    maxReceiveCount: 5,
    afterRestore: 'keep',
    alarms,
  });
}
