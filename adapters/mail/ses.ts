import { BadRequestException, SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { Mail } from '#core/mails/mails.ts';

const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' });

/**
 * Creates a function that sends a mail by SES. It returns `bad address` if SES says that the request is wrong, which can only be the
 * recipient's address, so trying again wouldn't help. Everything else that SES refuses is thrown: a sender that isn't verified, an
 * account in the sandbox, too many mails ("SendEmail" in the SES API v2 reference).
 */
export function createMailSender(from: string) {
  const client = new SESv2Client({ maxAttempts: 4 });
  return async (to: string, { subject, text, html }: Mail): Promise<'sent' | 'bad address'> => {
    try {
      await client.send(
        new SendEmailCommand({
          FromEmailAddress: from,
          Destination: { ToAddresses: [to] },
          Content: { Simple: { Subject: utf8(subject), Body: { Text: utf8(text), Html: utf8(html) } } },
        }),
      );
      return 'sent';
    } catch (error) {
      if (error instanceof BadRequestException) return 'bad address';
      throw error;
    }
  };
}
