import { GetAccountCommand, GetEmailIdentityCommand, NotFoundException, SESv2Client } from '@aws-sdk/client-sesv2';
import { bad, clientOptions, type Deployment, type Finding, good, note } from './finding.ts';

/** Whether SES sends mails from the address that the settings name, and to whom. */
export async function checkMail({ settings: { mailFrom }, region }: Deployment): Promise<Finding[]> {
  if (mailFrom === undefined) return [];
  const client = new SESv2Client(clientOptions(region));
  // A domain may also send for its subdomains ("Creating and verifying identities in Amazon SES").
  const labels = mailFrom.slice(mailFrom.indexOf('@') + 1).split('.');
  const domains = labels.slice(0, -1).map((_, i) => labels.slice(i).join('.'));
  const known = await Promise.all([mailFrom, ...domains].map((identity) => verified(client, identity)));
  const { ProductionAccessEnabled, SendingEnabled } = await client.send(new GetAccountCommand({}));
  return [
    known.includes(true)
      ? good(`SES in ${region} sends mails from ${mailFrom}.`)
      : bad(`SES in ${region} doesn't know that ${mailFrom} is yours. Verify the address, or ${domains[0]}, in SES.`),
    ...(SendingEnabled === false
      ? [bad(`SES in ${region} has stopped sending for this account. Its console says why.`)]
      : []),
    // "Request production access (Moving out of the Amazon SES sandbox)".
    ...(ProductionAccessEnabled
      ? []
      : [
          note(
            `SES in ${region} is in its sandbox: it only sends to verified addresses, 200 mails a day. Ask for production access.`,
          ),
        ]),
  ];
}

async function verified(client: SESv2Client, EmailIdentity: string): Promise<boolean> {
  try {
    const { VerifiedForSendingStatus } = await client.send(new GetEmailIdentityCommand({ EmailIdentity }));
    return VerifiedForSendingStatus ?? false;
  } catch (error) {
    if (error instanceof NotFoundException) return false;
    throw error;
  }
}
