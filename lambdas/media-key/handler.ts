import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { keyGenerator } from '#lambdas/kit/key-generator.ts';

/**
 * Generates the key that signs the URLs of files, if there is none. CloudFront accepts RSA keys with 2 048 bits ("Create key
 * pairs for your signers"). The attribute `PublicKey` has the public key in PEM.
 */
export const handler = keyGenerator('media-key', (kept) => {
  const privateKey = kept ?? newKey();
  const PublicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  return { text: privateKey, attributes: { PublicKey } };
});

function newKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
