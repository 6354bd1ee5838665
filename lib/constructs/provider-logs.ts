import { CfnResource, type Stack } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { pascalCase } from '#lib/names.ts';
import type { Settings } from '#lib/settings.ts';

/**
 * Gives the functions of CDK's own custom resources a log group of the stack, which is deleted with it. Lambda would create one by
 * itself, which stays behind. Their roles lose the permission for that, so that a late line doesn't bring one back. To be called
 * when all constructs are there.
 */
export function ownProviderLogs(stack: Stack, settings: Settings): void {
  for (const provider of stack.node.children) {
    const handler = provider.node.tryFindChild('Handler');
    const role = provider.node.tryFindChild('Role');
    if (!(handler instanceof CfnResource) || !(role instanceof CfnResource)) continue;
    const name = pascalCase(provider.node.id.replace(/^Custom::/, ''));
    const logGroup = new LogGroup(stack, `${name}Log`, {
      retention: settings.logRetention,
      removalPolicy: settings.dataRemoval,
    });
    handler.addPropertyOverride('LoggingConfig', { LogGroup: logGroup.logGroupName });
    role.addPropertyDeletionOverride('ManagedPolicyArns');
    role.addPropertyOverride('Policies', [
      {
        PolicyName: 'Log',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              Resource: [logGroup.logGroupArn],
            },
          ],
        },
      },
    ]);
  }
}
