import * as z from 'zod/mini';

const PrivateKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  alg: z.literal('ES256'),
  use: z.literal('sig'),
  kid: z.string(),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});

/** The secret with the signing keys, the pepper and the edge proof. */
export const AuthSecret = z.object({
  /** The number of the last rotation. */
  rotation: z.int(),
  keys: z.object({ previous: z.optional(PrivateKey), current: PrivateKey, next: PrivateKey }),
  /** 32 random bytes in base64url, as is `edge`. */
  pepper: z.string(),
  /** What CloudFront sends in `x-storm-edge`, to prove that a request came through it. */
  edge: z.string(),
});

export type PrivateKey = z.infer<typeof PrivateKey>;
export type AuthSecret = z.infer<typeof AuthSecret>;

export interface Random {
  key(): PrivateKey;
  /** 32 random bytes in base64url. */
  secret(): string;
}

/**
 * The secret for a rotation number. The keys rotate only if the number is above that of the secret, so a deployment that is
 * repeated or rolled back changes nothing. A key is published one rotation before it signs, so that all verifiers know it by
 * then.
 */
export function rotate(secret: AuthSecret | undefined, rotation: number, random: Random): AuthSecret {
  if (!secret) {
    const keys = { current: random.key(), next: random.key() };
    return { rotation, keys, pepper: random.secret(), edge: random.secret() };
  }
  if (rotation <= secret.rotation) return secret;
  const { current, next } = secret.keys;
  return { ...secret, rotation, keys: { previous: current, current: next, next: random.key() } };
}

/** The public keys as a JWK Set (RFC 7517): those that may have signed a valid token, and the next one. */
export function publicKeys({ keys }: AuthSecret) {
  const known = [keys.previous, keys.current, keys.next].filter((key) => key !== undefined);
  return { keys: known.map(({ d: _, ...key }) => key) };
}
