import { createECDH } from 'node:crypto';
import { VapidKeys } from '#adapters/push/vapid.ts';
import { keyGenerator } from '#lambdas/kit/key-generator.ts';

/**
 * Generates the key pair by which push services identify the deployment. It does so only once, because each subscription is bound
 * to the key with which it was created (RFC 8292, section 4.2).
 */
export const handler = keyGenerator('push-key', (kept) => {
  const text = kept ?? JSON.stringify(newKeys());
  return { text, attributes: { PublicKey: VapidKeys.parse(JSON.parse(text)).publicKey } };
});

function newKeys(): VapidKeys {
  const pair = createECDH('prime256v1');
  const publicKey = pair.generateKeys('base64url');
  // A private key has 32 bytes, but Node.js leaves out leading zeros.
  const privateKey = Buffer.concat([Buffer.alloc(32), pair.getPrivateKey()])
    .subarray(-32)
    .toString('base64url');
  return { publicKey, privateKey };
}
