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
  /** The set of tables that the keys are for. */
  generation: z._default(z.string(), '1'),
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
 * The secret for a rotation number and a set of tables. The keys rotate only if the number is above that of the secret, so a deployment
 * that is repeated or rolled back changes nothing. A key is published one rotation before it signs, so that all verifiers know it by
 * then. With another set of tables, after a restore from a backup, all keys are new, and no token of before is valid.
 */
export function rotate(
  secret: AuthSecret | undefined,
  { rotation, generation }: Pick<AuthSecret, 'rotation' | 'generation'>,
  random: Random,
): AuthSecret {
  if (!secret || generation !== secret.generation) {
    const keys = { current: random.key(), next: random.key() };
    const { pepper, edge } = secret ?? { pepper: random.secret(), edge: random.secret() };
    return { rotation, generation, keys, pepper, edge };
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
