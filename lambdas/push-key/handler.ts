import { createECDH } from 'node:crypto';
import { VapidKeys } from '#adapters/push/vapid.ts';
import { secretGenerator } from '#lambdas/kit/secret-generator.ts';

/**
 * Generates the key pair that push services know us by, once: every subscription is bound to the key that it was made for (RFC 8292,
 * section 4.2).
 */
export const handler = secretGenerator('push-key', (kept) => {
  const text = kept ?? JSON.stringify(newKeys());
  return { text, attributes: { PublicKey: VapidKeys.parse(JSON.parse(text)).publicKey } };
});

function newKeys(): VapidKeys {
  const pair = createECDH('prime256v1');
  const publicKey = pair.generateKeys('base64url');
  // 32 bytes, also where the number is smaller.
  const privateKey = Buffer.concat([Buffer.alloc(32), pair.getPrivateKey()])
    .subarray(-32)
    .toString('base64url');
  return { publicKey, privateKey };
}
