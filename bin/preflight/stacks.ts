import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import * as z from 'zod/mini';
import { bad, clientOptions, type Finding, good, note } from './finding.ts';

/** The `requiresBootstrapStackVersion` of the assembly (`cdk.out/manifest.json`). */
const neededBootstrapVersion = 6;

/** Looks for a stack. Returns undefined if there is none. */
async function describe(region: string, StackName: string): Promise<Stack | undefined> {
  try {
    const { Stacks } = await new CloudFormationClient(clientOptions(region)).send(
      new DescribeStacksCommand({ StackName }),
    );
    return Stacks?.[0];
  } catch (error) {
    // "DescribeStacks": a stack that doesn't exist is a ValidationError.
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

/** Whether the account and region are prepared for the CDK. */
export async function checkBootstrap(region: string): Promise<Finding> {
  const stack = await describe(region, 'CDKToolkit');
  const version = Number(stack?.Outputs?.find(({ OutputKey }) => OutputKey === 'BootstrapVersion')?.OutputValue);
  if (!stack) return bad(`${region} isn't prepared for the CDK. Run: npx cdk bootstrap`);
  if (!(version >= neededBootstrapVersion))
    return bad(
      `The CDK's resources in ${region} are too old (version ${version || 'unknown'}). Run: npx cdk bootstrap`,
    );
  return good(`${region} is prepared for the CDK (version ${version}).`);
}

export interface Existing {
  readonly isFirst: boolean;
  readonly finding: Finding;
  /** The name of the set of tables in use, if the stack says so in its output `Recovery`. */
  readonly generation?: string | undefined;
}

const Generation = z.object({ generation: z.string() });

/** What there is of the stack, whether it can be changed, and which tables it uses. */
export async function checkStack(region: string, stackName: string): Promise<Existing> {
  const stack = await describe(region, stackName);
  const recovery = stack?.Outputs?.find(({ OutputKey }) => OutputKey === 'Recovery')?.OutputValue;
  const generation = recovery === undefined ? undefined : Generation.parse(JSON.parse(recovery)).generation;
  return { ...stateOf(stackName, stack?.StackStatus), generation };
}

function stateOf(stackName: string, status: string | undefined): Existing {
  // A change set that was made and not run leaves such a stack, which has no resources.
  if (status === undefined || status === 'REVIEW_IN_PROGRESS')
    return { isFirst: true, finding: note(`${stackName} is new. The first deploy takes about 10 minutes.`) };
  if (status === 'ROLLBACK_COMPLETE')
    return {
      isFirst: true,
      finding: note(`A creation of ${stackName} has failed. The CDK deletes its rest and begins anew.`),
    };
  if (status.endsWith('_IN_PROGRESS'))
    return { isFirst: false, finding: bad(`${stackName} is being changed (${status}). Wait until that is done.`) };
  if (status.endsWith('_FAILED'))
    return {
      isFirst: false,
      finding: bad(`${stackName} is stuck (${status}). docs/runbooks/a-stuck-stack.md says what to do.`),
    };
  return { isFirst: false, finding: good(`${stackName} exists (${status}), and can be updated.`) };
}
