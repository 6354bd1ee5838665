import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { acknowledgeWildcard } from '#lib/acknowledge.ts';
import { AppFunction } from '#lib/constructs/app-function.ts';
import { ownMetric } from '#lib/constructs/own-metric.ts';
import type { Foundation } from '#lib/foundation.ts';

/**
 * Lets new code of the hot functions take over gradually, with alarms that have the former code back (docs/decisions/0128). It must be
 * called after all functions were added. In a stage without canary an alias changes at once.
 */
export function addReleases({ stack, settings, alarms }: Foundation): void {
  if (!settings.canary) return;
  const functions = stack.node.findAll().flatMap((node) => (node instanceof AppFunction ? node : []));
  const hot = functions.flatMap((fn) => (fn.live ? { fn, alias: fn.live } : []));

  const period = Duration.minutes(1);
  // Errors that were answered, of all functions (lambdas/kit/failures.ts).
  const answered = ownMetric(stack, 'InternalErrors', 'Sum', period);
  // An error of `authorizer` refuses a token, and anyone can bring that about.
  const crashing = hot.filter(({ fn }) => fn.node.id !== 'Authorizer');
  const errors = [answered, ...crashing.map(({ alias }) => alias.metricErrors({ period }))];
  const usingMetrics = Object.fromEntries(errors.map((metric, i) => [`m${i}`, metric]));
  const expression = errors.map((_, i) => `FILL(m${i}, 0)`).join(' + ');
  alarms.guardReleases(
    'HotFunctionsFail',
    { metric: new MathExpression({ expression, usingMetrics, period }), count: 10 },
    'Functions through which the messages of everybody pass crash, or requests are answered with internal. If a release is taking over, CodeDeploy brings its former code back by itself. Otherwise look for "The request failed" and for timeouts in the logs of these functions.',
  );

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
