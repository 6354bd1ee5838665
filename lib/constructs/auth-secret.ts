import { CustomResource, Duration, SecretValue } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '#lib/acknowledge.ts';
import type { Settings } from '#lib/settings.ts';
import { AppFunction } from './app-function.ts';

/** The secret behind accounts: signing keys, the pepper of passwords, and the proof that a request came through CloudFront. */
export class AuthSecret extends Construct {
  private readonly secret: CfnSecret;
  private readonly keys: CustomResource;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    // Without a value, and without the generator that the L2 construct always has: CloudFormation must never make a new
    // value over the one that the custom resource wrote. Losing the pepper would lose every password.
    this.secret = new CfnSecret(this, 'Secret', { description: 'STORM: signing keys, pepper, edge proof' });
    this.secret.applyRemovalPolicy(settings.dataRemoval);
    acknowledge(
      this.secret,
      'SMG4',
      'Keys rotate by deploy (settings.signingKeyRotation), so that verifiers know the next key first: decision 0011.',
    );

    const fill = new AppFunction(this, 'Keys', { name: 'signing-keys', settings, memoryMiB: 512 });
    fill.addToRolePolicy(
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
        resources: [this.secret.ref],
      }),
    );
    this.keys = new CustomResource(this, 'Filled', {
      resourceType: 'Custom::SigningKeys',
      serviceToken: fill.functionArn,
      serviceTimeout: Duration.minutes(2),
      properties: { SecretArn: this.secret.ref, Rotation: settings.signingKeyRotation },
    });
  }

  /** What CloudFront tells the HTTP API in `x-storm-edge`; resolved by CloudFormation, so it is in no template. */
  get edge(): string {
    return SecretValue.secretsManager(this.secret.ref, { jsonField: 'edge' }).unsafeUnwrap();
  }

  /** For resources that resolve a part of the secret: it must have been filled. */
  get filled(): Construct {
    return this.keys;
  }

  /** Checking access tokens takes the public keys only. `issuer` is who must have made them. */
  grantVerify(fn: AppFunction, issuer: string): void {
    fn.addEnvironment('JWKS', this.keys.getAttString('Jwks'));
    fn.addEnvironment('TOKEN_ISSUER', issuer);
  }

  grantIssue(fn: AppFunction, issuer: string): void {
    this.grantVerify(fn, issuer);
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [this.secret.ref] }),
    );
    fn.addEnvironment('AUTH_SECRET_ARN', this.secret.ref);
  }
}
