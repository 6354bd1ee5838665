import { Construct } from 'constructs';
import type { Settings } from '#lib/settings.ts';
import type { AppFunction } from './app-function.ts';
import { GeneratedSecret } from './generated-secret.ts';

/** The key pair that push services know us by (VAPID, RFC 8292). */
export class PushKey extends Construct {
  private readonly secret: GeneratedSecret;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.secret = new GeneratedSecret(this, 'Secret', {
      generator: 'push-key',
      description: 'STORM: the key pair that push services know us by',
      rotation: 'Subscriptions are bound to the key: another one would end them all.',
      settings,
    });
  }

  /** Signing requests to push services. */
  grantSign(fn: AppFunction): void {
    this.secret.grantRead(fn, 'PUSH_KEY_SECRET_ARN');
  }

  /** Telling browsers for which key they make a subscription. */
  grantName(fn: AppFunction): void {
    fn.addEnvironment('PUSH_PUBLIC_KEY', this.secret.generated.getAttString('PublicKey'));
  }
}
