import { CustomResource, Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '#lib/acknowledge.ts';
import { pascalCase } from '#lib/names.ts';
import type { Settings } from '#lib/settings.ts';
import { AppFunction } from './app-function.ts';

export interface GeneratedSecretProps {
  /**
   * The function that writes the secret: a folder below `lambdas/`, whose handler is a `secretGenerator`
   * (lambdas/kit/secret-generator.ts).
   */
  readonly generator: string;
  readonly description: string;
  /** The reason why Secrets Manager doesn't rotate the secret. */
  readonly rotation: string;
  /** Properties that the function gets besides the secret's ARN. If they change, CloudFormation calls the function again. */
  readonly properties?: Readonly<Record<string, string | number>>;
  readonly settings: Settings;
}

/** A secret that is written by a function during the deployment, so that its value is in no template. */
export class GeneratedSecret extends Construct {
  readonly arn: string;
  /** The custom resource that writes the secret. Its attributes are the public parts, such as a public key. */
  readonly generated: CustomResource;

  constructor(scope: Construct, id: string, props: GeneratedSecretProps) {
    super(scope, id);
    const { generator, description, rotation, properties, settings } = props;
    // CDK's `Secret` always lets CloudFormation generate a value, which could replace the one that the function wrote.
    const secret = new CfnSecret(this, 'Secret', { description });
    secret.applyRemovalPolicy(settings.dataRemoval);
    acknowledge(secret, 'SMG4', rotation);
    this.arn = secret.ref;

    const fn = new AppFunction(this, 'Generator', { name: generator, settings, memoryMiB: 512 });
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
        resources: [this.arn],
      }),
    );
    this.generated = new CustomResource(this, 'Generated', {
      resourceType: `Custom::${pascalCase(generator)}`,
      serviceToken: fn.functionArn,
      serviceTimeout: Duration.minutes(2),
      properties: { SecretArn: this.arn, ...properties },
    });
  }

  /** Lets a function read the secret. The environment variable has the secret's ARN. */
  grantRead(fn: AppFunction, variable: string): void {
    fn.addToRolePolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [this.arn] }));
    fn.addEnvironment(variable, this.arn);
  }
}
