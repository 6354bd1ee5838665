import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { bad, clientOptions, type Finding, good } from './finding.ts';

/** The region and the account of the credentials, or what keeps them from being known. */
export type Caller = { readonly region: string; readonly findings: Finding[] } | { readonly failed: Finding };

/** Finds out as whom and where this machine would deploy. */
export async function findCaller(): Promise<Caller> {
  let region: string;
  try {
    region = await new STSClient({}).config.region();
  } catch {
    return { failed: bad('There is no region. Set AWS_REGION, or AWS_PROFILE to a profile that has one.') };
  }
  try {
    const { Arn, Account } = await new STSClient(clientOptions(region)).send(new GetCallerIdentityCommand({}));
    return { region, findings: [good(`You are ${Arn}, and deploy to account ${Account} in ${region}.`)] };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    if (name === 'CredentialsProviderError')
      return {
        failed: bad(
          'There are no AWS credentials, so nothing can be checked. Log in (for example with aws sso login), and set AWS_PROFILE.',
        ),
      };
    return { failed: bad(`AWS doesn't accept the credentials, so nothing can be checked: ${name}: ${message}`) };
  }
}
