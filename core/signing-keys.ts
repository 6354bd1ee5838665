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

/** What the secret store keeps for accounts. */
export const AuthSecret = z.object({
  /** The number of the rotation that these keys come from. */
  rotation: z.int(),
  keys: z.object({ previous: z.optional(PrivateKey), current: PrivateKey, next: PrivateKey }),
  /** Base64url of 32 random bytes, as is `edge`. */
  pepper: z.string(),
  /** What CloudFront sends to prove that a request came through it. */
  edge: z.string(),
});

export type PrivateKey = z.infer<typeof PrivateKey>;
export type AuthSecret = z.infer<typeof AuthSecret>;

export interface Random {
  key(): PrivateKey;
  /** Base64url of 32 random bytes. */
  secret(): string;
}

/**
 * The secret after `rotation`. Only a number above that of the secret rotates, so that a repeated or rolled back deploy
 * changes nothing. The next key is published one rotation before it signs: no verifier ever meets a key it doesn't know.
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

/** The key set that verifiers get (RFC 7517): every key that may have signed a living token, or soon will. */
export function publicKeys({ keys }: AuthSecret) {
  const known = [keys.previous, keys.current, keys.next].filter((key) => key !== undefined);
  return { keys: known.map(({ d: _, ...key }) => key) };
}
