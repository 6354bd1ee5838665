import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { AuthSecret, publicKeys, type Random, rotate } from '#core/signing-keys.ts';
import type { Generate } from '#lambdas/kit/secret-generator.ts';

/** CloudFormation passes numbers as strings. */
const Properties = z.object({ Rotation: z.coerce.number().check(z.int()), Generation: z._default(z.string(), '1') });

/**
 * Generates the secret of `AuthSecret`, rotates its keys if `Rotation` has increased, and replaces them if `Generation` has changed. The attribute `Jwks` has the public
 * keys as a JSON text, and `EdgeHash` the SHA-256 of the edge proof in base64url. Throws if the stored text isn't such a secret.
 */
export function generateAuthSecret(random: Random): Generate {
  return (kept, properties) => {
    const { Rotation: rotation, Generation: generation } = Properties.parse(properties);
    const secret = kept === undefined ? undefined : parse(kept);
    const rotated = rotate(secret, { rotation, generation }, random);
    const text = kept !== undefined && rotated === secret ? kept : JSON.stringify(rotated);
    const EdgeHash = createHash('sha256').update(rotated.edge).digest('base64url');
    return { text, attributes: { Jwks: JSON.stringify(publicKeys(rotated)), EdgeHash } };
  };
}

/** Parses the stored secret. The error of the parser isn't passed on, because its message would contain parts of the secret. */
function parse(text: string): AuthSecret {
  try {
    return AuthSecret.parse(JSON.parse(text));
  } catch {
    throw new Error('The secret was not written by signing-keys. Nothing was changed.');
  }
}
