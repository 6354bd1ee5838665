import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { AuthSecret, type Random } from '#core/signing-keys.ts';

const PrivateKey = AuthSecret.shape.keys.shape.current;

export const random: Random = {
  key() {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const kid = randomBytes(8).toString('base64url');
    return PrivateKey.parse({ ...privateKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' });
  },
  secret: () => randomBytes(32).toString('base64url'),
};
