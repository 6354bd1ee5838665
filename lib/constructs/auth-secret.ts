import { SecretValue } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Settings } from '#lib/settings.ts';
import type { AppFunction } from './app-function.ts';
import { GeneratedSecret } from './generated-secret.ts';

/**
 * The secret with the signing keys, the pepper for passwords, and the edge proof, which shows that a request came through
 * CloudFront.
 */
export class AuthSecret extends Construct {
  private readonly secret: GeneratedSecret;

  private readonly hasFirewall: boolean;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.hasFirewall = settings.firewall !== undefined;
    this.secret = new GeneratedSecret(this, 'Secret', {
      generator: 'signing-keys',
      description: 'STORM: signing keys, pepper, edge proof',
      rotation:
        'A deployment rotates the keys (settings.signingKeyRotation), so that verifiers know the next key before it is used (decision 0011).',
      properties: { Rotation: settings.signingKeyRotation, Generation: settings.generation },
      settings,
    });
  }

  /** The value of the header `x-storm-edge`. It is a reference that CloudFormation resolves, so the value is in no template. */
  get edge(): string {
    return SecretValue.secretsManager(this.secret.arn, { jsonField: 'edge' }).unsafeUnwrap();
  }

  /** The construct that writes the secret. Resources that use `edge` must depend on it. */
  get generated(): Construct {
    return this.secret.generated;
  }

  /**
   * Lets a function verify access tokens, for which it gets the public keys and the expected issuer. With a firewall it refuses
   * requests that didn't come through it, for which it gets the hash of the edge proof.
   */
  grantVerify(fn: AppFunction, issuer: string): void {
    fn.addEnvironment('JWKS', this.secret.generated.getAttString('Jwks'));
    fn.addEnvironment('TOKEN_ISSUER', issuer);
    if (this.hasFirewall) fn.addEnvironment('EDGE_HASH', this.secret.generated.getAttString('EdgeHash'));
  }

  /** Lets a function verify and sign access tokens, and read the pepper and the edge proof. */
  grantIssue(fn: AppFunction, issuer: string): void {
    this.grantVerify(fn, issuer);
    this.secret.grantRead(fn, 'AUTH_SECRET_ARN');
  }
}
