import type { Settings } from '#lib/settings.ts';
import { findCaller } from './caller.ts';
import { checkDistributions, checkNames } from './cloudfront.ts';
import { checkDomain } from './domain.ts';
import { bad, type Deployment, type Finding, note } from './finding.ts';
import { checkConcurrency } from './lambda.ts';
import { checkLogging } from './logging.ts';
import { checkMail } from './mail.ts';
import { checkTables } from './restored.ts';
import { checkBootstrap, checkStack } from './stacks.ts';

/** The checks of a deployment, by what they find out. Each one only reads. */
const checks: Readonly<Record<string, (deployment: Deployment) => Promise<Finding | Finding[]>>> = {
  'whether the CDK can be used': ({ region }) => checkBootstrap(region),
  'which tables are in use': async (deployment) => checkTables(deployment),
  'how many functions can run at once': checkConcurrency,
  'whether CloudFront has room': checkDistributions,
  'whether names are free': checkNames,
  'whether the domain is ready': checkDomain,
  'whether the socket can be logged': checkLogging,
  'whether mails can be sent': checkMail,
};

/**
 * Checks with the caller's credentials what a deployment needs, before it makes anything. `settingsFor` reads the settings for a
 * region, and throws if they aren't allowed.
 */
export async function preflight(settingsFor: (region: string) => Settings): Promise<Finding[]> {
  const caller = await findCaller();
  if ('failed' in caller) return [caller.failed];
  const { region, findings } = caller;
  let settings: Settings;
  try {
    settings = settingsFor(region);
  } catch (error) {
    return [...findings, bad(error instanceof Error ? error.message : String(error))];
  }
  const stackName = `storm-${settings.stage}`;
  let isFirst = true;
  let generation: string | undefined;
  const stack = await told('what there is of the stack', async () => {
    const existing = await checkStack(region, stackName);
    ({ isFirst, generation } = existing);
    return existing.finding;
  });
  const deployment = { settings, stackName, region, isFirst, generation };
  const others = Object.entries(checks).map(([what, check]) => told(what, () => check(deployment)));
  return [...findings, ...stack, ...(await Promise.all(others)).flat()];
}

/** Runs a check. If AWS doesn't answer it, that is told in place of its findings. */
async function told(what: string, check: () => Promise<Finding | Finding[]>): Promise<Finding[]> {
  try {
    return [await check()].flat();
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    if (/AccessDenied|NotAuthorized|UnauthorizedOperation/.test(name))
      return [note(`It isn't known ${what}, because these credentials may not ask: ${message}`)];
    return [bad(`It can't be found out ${what}: ${name}: ${message}`)];
  }
}
