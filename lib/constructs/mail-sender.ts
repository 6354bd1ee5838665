import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { acknowledgeWildcard } from '#lib/acknowledge.ts';
import type { AppFunction } from './app-function.ts';

/**
 * The permission to send mails from one address. Whoever deploys verifies the address or its domain in SES, once for all stages, so
 * a deployment neither needs the identity nor fails without it.
 */
export class MailSender {
  private readonly from: string;

  constructor(from: string) {
    this.from = from;
  }

  /**
   * Lets a function send from the address. The identity may be the address or one of its domains, and in the sandbox SES also asks
   * for the identity of the recipient, so the statement is for all identities, and its condition names the sender ("Actions,
   * resources, and condition keys for Amazon Simple Email Service v2").
   */
  grantSend(fn: AppFunction): void {
    const identities = `arn:${Aws.PARTITION}:ses:${Aws.REGION}:${Aws.ACCOUNT_ID}:identity/*`;
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['ses:SendEmail'],
        resources: [identities],
        conditions: { StringEquals: { 'ses:FromAddress': this.from } },
      }),
    );
    acknowledgeWildcard(fn.role, identities, 'The condition names the sender; the recipient may be an identity, too.');
    fn.addEnvironment('MAIL_FROM', this.from);
  }
}
