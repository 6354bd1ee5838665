import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { bad, clientOptions, type Deployment, type Finding, good, note } from './finding.ts';

/** Lambda keeps so many executions unreserved ("Configuring reserved concurrency for a function"). */
const unreserved = 100;

/** Whether enough functions can run at once. */
export async function checkConcurrency({ settings, region }: Deployment): Promise<Finding> {
  const { AccountLimit } = await new LambdaClient(clientOptions(region)).send(new GetAccountSettingsCommand({}));
  const { ConcurrentExecutions: limit = 0, UnreservedConcurrentExecutions: free = 0 } = AccountLimit ?? {};
  const wanted = settings.accountsConcurrency;
  if (wanted !== undefined && free - wanted < unreserved)
    return bad(
      `accountsConcurrency=${wanted} can't be reserved: ${free} of ${limit} executions are free, and Lambda keeps ${unreserved}. ` +
        'Leave it out, or ask for more: Service Quotas, Lambda, "Concurrent executions".',
    );
  const text = `Lambda may run ${limit} functions at once in ${region}.`;
  // New accounts have 10 ("Lambda quotas").
  return limit < 1_000
    ? note(`${text} That is for a few people. Ask for more: Service Quotas, Lambda, "Concurrent executions".`)
    : good(text);
}
