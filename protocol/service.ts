import * as z from 'zod/mini';

/** The body of every error answer: a problem document (RFC 9457). */
export const Problem = z.object({
  type: z.literal('about:blank'),
  /** The reason phrase of the status. */
  title: z.string(),
  status: z.int(),
  /** A text for developers. Its wording may change. */
  detail: z.string(),
  /** A stable code for programs. New codes may be added: for a code that it doesn't know, a client goes by `temporary`. */
  code: z.string(),
  /** Whether the same request may succeed later. */
  temporary: z.boolean(),
  /** How long to wait before calling again, in milliseconds. `Retry-After` has the same in seconds. */
  retryAfterMs: z.optional(z.int()),
});

export const Health = z.object({ status: z.literal('ok'), version: z.string() });

/** A public key (RFC 7518, section 6.2.1). */
export const Jwk = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  kid: z.string(),
  alg: z.literal('ES256'),
  use: z.literal('sig'),
});

/** The public keys that verify access tokens, as a JSON Web Key Set (RFC 7517): the current and the next key, and the previous one if any. */
export const Jwks = z.object({
  keys: z.array(Jwk),
});
