import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { secretGenerator } from '#lambdas/kit/secret-generator.ts';

/**
 * Generates the key that signs addresses of files, once. `PublicKey` is as CloudFront wants it ("Create key pairs for your signers":
 * RSA with 2 048 bits).
 */
export const handler = secretGenerator('media-key', (kept) => {
  const privateKey = kept ?? newKey();
  const PublicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  return { text: privateKey, attributes: { PublicKey } };
});

function newKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
