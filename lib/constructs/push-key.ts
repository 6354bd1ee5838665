import { Construct } from 'constructs';
import type { Settings } from '#lib/settings.ts';
import type { AppFunction } from './app-function.ts';
import { GeneratedKey } from './generated-key.ts';

/** The key pair by which push services identify this deployment (VAPID, RFC 8292). */
export class PushKey extends Construct {
  private readonly pair: GeneratedKey;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    // Subscriptions are bound to the key, so a new one would end all of them.
    this.pair = new GeneratedKey(this, 'Secret', { generator: 'push-key', settings });
  }

  /** Lets a function sign requests to push services. */
  grantSign(fn: AppFunction): void {
    this.pair.grantRead(fn, 'PUSH_KEY_PARAMETER');
  }

  /** Gives a function the public key, which browsers need for a subscription. */
  grantName(fn: AppFunction): void {
    fn.addEnvironment('PUSH_PUBLIC_KEY', this.pair.generated.getAttString('PublicKey'));
  }
}
