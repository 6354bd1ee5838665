import type { Stack } from 'aws-cdk-lib';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { acknowledgeWildcard } from '#lib/acknowledge.ts';
import { AppFunction } from '#lib/constructs/app-function.ts';
import type { Foundation } from '#lib/foundation.ts';

/**
 * Lets new code of the hot functions take over gradually, with alarms that have the former code back (docs/decisions/0128). It must be
 * called after all functions and alarms were added. In a stage without canary an alias changes at once.
 */
export function addReleases({ stack, settings, alarms }: Foundation): void {
  if (!settings.canary) return;
  const hot = hotFunctions(stack);
  const application = new LambdaApplication(stack, 'Releases');
  // What AWS's own policy for this role allows ("AWSCodeDeployRoleForLambdaLimited"), for these aliases only. There are no hooks.
  const role = new Role(stack, 'ReleasesRole', { assumedBy: new ServicePrincipal('codedeploy.amazonaws.com') });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetProvisionedConcurrencyConfig'],
      resources: hot.flatMap(({ fn, alias }) => [fn.functionArn, alias.functionArn]),
    }),
  );
  role.addToPolicy(new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] }));
  acknowledgeWildcard(role, '*', 'CodeDeploy asks for alarms by their names, which needs all resources.');
  for (const { fn, alias } of hot)
    new LambdaDeploymentGroup(fn, 'Release', {
      application,
      alias,
      role: role.withoutPolicyUpdates(),
      deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      alarms: alarms.guards,
    });
}

/** The functions through which the messages of everybody pass, with their aliases. */
export function hotFunctions(stack: Stack): readonly { readonly fn: AppFunction; readonly alias: Alias }[] {
  const functions = stack.node.findAll().flatMap((node) => (node instanceof AppFunction ? node : []));
  return functions.flatMap((fn) => (fn.live ? { fn, alias: fn.live } : []));
}
