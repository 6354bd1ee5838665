import { CustomResource, Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '#lib/acknowledge.ts';
import { pascalCase } from '#lib/names.ts';
import type { Settings } from '#lib/settings.ts';
import { AppFunction } from './app-function.ts';

export interface GeneratedSecretProps {
  /** The function that writes the secret: a folder below `lambdas/`, whose handler is a `secretGenerator` (lambdas/kit/secret-generator.ts). */
  readonly generator: string;
  readonly description: string;
  /** Why Secrets Manager doesn't rotate the secret. */
  readonly rotation: string;
  /** What the function is told besides the secret's ARN. CloudFormation runs it again when this changes. */
  readonly properties?: Readonly<Record<string, string | number>>;
  readonly settings: Settings;
}

/** A secret that a function of ours makes during the deployment, so that its value is in no template. */
export class GeneratedSecret extends Construct {
  readonly arn: string;
  /** Its attributes are what others may know of the secret, such as a public key. It is there once the secret is written. */
  readonly generated: CustomResource;

  constructor(scope: Construct, id: string, props: GeneratedSecretProps) {
    super(scope, id);
    const { generator, description, rotation, properties, settings } = props;
    // The L2 construct always has CloudFormation generate a value, which could one day replace the value that the function wrote.
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

  /** Lets a function read the secret, whose ARN it finds in the environment variable. */
  grantRead(fn: AppFunction, variable: string): void {
    fn.addToRolePolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [this.arn] }));
    fn.addEnvironment(variable, this.arn);
  }
}
