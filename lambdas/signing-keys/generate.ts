import * as z from 'zod/mini';
import { AuthSecret, publicKeys, type Random, rotate } from '#core/signing-keys.ts';
import type { Generate } from '#lambdas/kit/secret-generator.ts';

/** CloudFormation hands every number over as a string. */
const Properties = z.object({ Rotation: z.coerce.number().check(z.int()) });

/** Generates the secret behind accounts, and rotates its keys for a higher `Rotation`. `Jwks` is the public keys as JSON. */
export function generateAuthSecret(random: Random): Generate {
  return (kept, properties) => {
    const { Rotation } = Properties.parse(properties);
    const secret = kept === undefined ? undefined : parse(kept);
    const rotated = rotate(secret, Rotation, random);
    const text = kept !== undefined && rotated === secret ? kept : JSON.stringify(rotated);
    return { text, attributes: { Jwks: JSON.stringify(publicKeys(rotated)) } };
  };
}

/** Without the words of the parser, which would repeat the secret. */
function parse(text: string): AuthSecret {
  try {
    return AuthSecret.parse(JSON.parse(text));
  } catch {
    throw new Error('The secret is not one that signing-keys wrote; nothing was changed.');
  }
}
