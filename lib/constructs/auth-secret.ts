import { SecretValue } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Settings } from '#lib/settings.ts';
import type { AppFunction } from './app-function.ts';
import { GeneratedSecret } from './generated-secret.ts';

/** The secret behind accounts: signing keys, the pepper of passwords, and the proof that a request came through CloudFront. */
export class AuthSecret extends Construct {
  private readonly secret: GeneratedSecret;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.secret = new GeneratedSecret(this, 'Secret', {
      generator: 'signing-keys',
      description: 'STORM: signing keys, pepper, edge proof',
      rotation:
        'Keys rotate by deploy (settings.signingKeyRotation), so that verifiers know the next key first: decision 0011.',
      properties: { Rotation: settings.signingKeyRotation },
      settings,
    });
  }

  /** What CloudFront tells the HTTP API in `x-storm-edge`; resolved by CloudFormation, so it is in no template. */
  get edge(): string {
    return SecretValue.secretsManager(this.secret.arn, { jsonField: 'edge' }).unsafeUnwrap();
  }

  /** For resources that resolve a part of the secret: it must have been written. */
  get generated(): Construct {
    return this.secret.generated;
  }

  /** Checking access tokens takes the public keys only. `issuer` is who must have made them. */
  grantVerify(fn: AppFunction, issuer: string): void {
    fn.addEnvironment('JWKS', this.secret.generated.getAttString('Jwks'));
    fn.addEnvironment('TOKEN_ISSUER', issuer);
  }

  grantIssue(fn: AppFunction, issuer: string): void {
    this.grantVerify(fn, issuer);
    this.secret.grantRead(fn, 'AUTH_SECRET_ARN');
  }
}
