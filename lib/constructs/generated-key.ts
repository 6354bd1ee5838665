import { ArnFormat, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '#lib/acknowledge.ts';
import { pascalCase } from '#lib/names.ts';
import type { Settings } from '#lib/settings.ts';
import { AppFunction } from './app-function.ts';

export interface GeneratedKeyProps {
  /** The function that makes the key: a folder below `lambdas/`, whose handler is a `keyGenerator` (lambdas/kit/key-generator.ts). */
  readonly generator: string;
  readonly settings: Settings;
}

/**
 * A key that is made once, by a function during the deployment, and kept as an encrypted parameter of Systems Manager, which costs
 * nothing. CloudFormation can't create such a parameter, and would have to have its value (decision 0174).
 */
export class GeneratedKey extends Construct {
  /** The custom resource that makes the key. Its attributes are the public parts, such as a public key. */
  readonly generated: CustomResource;
  private readonly parameterName: string;
  private readonly arn: string;

  constructor(scope: Construct, id: string, { generator, settings }: GeneratedKeyProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.parameterName = `/${stack.stackName}/${generator}`;
    this.arn = stack.formatArn({
      service: 'ssm',
      resource: 'parameter',
      resourceName: `${stack.stackName}/${generator}`,
    });

    const fn = new AppFunction(this, 'Generator', { name: generator, settings, memoryMiB: 512 });
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['ssm:GetParameter', 'ssm:PutParameter', 'ssm:DeleteParameter'],
        resources: [this.arn],
      }),
    );
    // A stage that was deployed before has its key in a secret, whose name begins with the construct's.
    const former = stack.formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${this.node.path.split('/').slice(1).join('')}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue'],
        resources: [former],
        conditions: { StringEquals: { 'aws:ResourceTag/stage': settings.stage } },
      }),
    );
    acknowledgeWildcard(fn.role, former, 'The name of the former secret ends with random characters.');
    this.generated = new CustomResource(this, 'Generated', {
      resourceType: `Custom::${pascalCase(generator)}`,
      serviceToken: fn.functionArn,
      serviceTimeout: Duration.minutes(2),
      properties: { ParameterName: this.parameterName },
      // The function removes the parameter when it is asked to delete the resource, which it isn't where data is kept.
      removalPolicy: settings.dataRemoval,
    });
  }

  /** Lets a function read the key. The environment variable has the parameter's name. */
  grantRead(fn: AppFunction, variable: string): void {
    fn.addToRolePolicy(new PolicyStatement({ actions: ['ssm:GetParameter'], resources: [this.arn] }));
    fn.addEnvironment(variable, this.parameterName);
  }
}
