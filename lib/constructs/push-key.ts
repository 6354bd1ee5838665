import { Construct } from 'constructs';
import type { Settings } from '#lib/settings.ts';
import type { AppFunction } from './app-function.ts';
import { GeneratedSecret } from './generated-secret.ts';

/** The key pair by which push services identify this deployment (VAPID, RFC 8292). */
export class PushKey extends Construct {
  private readonly secret: GeneratedSecret;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.secret = new GeneratedSecret(this, 'Secret', {
      generator: 'push-key',
      description: 'STORM: the key pair by which push services identify this deployment',
      rotation: 'Subscriptions are bound to the key, so a new one would end all of them.',
      settings,
    });
  }

  /** Lets a function sign requests to push services. */
  grantSign(fn: AppFunction): void {
    this.secret.grantRead(fn, 'PUSH_KEY_SECRET_ARN');
  }

  /** Gives a function the public key, which browsers need for a subscription. */
  grantName(fn: AppFunction): void {
    fn.addEnvironment('PUSH_PUBLIC_KEY', this.secret.generated.getAttString('PublicKey'));
  }
}
