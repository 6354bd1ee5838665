import * as z from 'zod/mini';

/** The body of every error answer: a problem document (RFC 9457). */
export const Problem = z.object({
  type: z.literal('about:blank'),
  /** The words of the status. */
  title: z.string(),
  status: z.int(),
  /** For developers; its words may change. */
  detail: z.string(),
  /** For programs: stable. A client may meet codes that it doesn't know, and then goes by `temporary`. */
  code: z.string(),
  /** Whether the same request may succeed later. */
  temporary: z.boolean(),
  /** The same as `Retry-After`, in milliseconds. */
  retryAfterMs: z.optional(z.int()),
});

export const Health = z.object({ status: z.literal('ok'), version: z.string() });

/** A JSON Web Key Set (RFC 7517): the public keys for access tokens, the present one and those before and after it. */
export const Jwks = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('EC'),
      crv: z.literal('P-256'),
      x: z.string(),
      y: z.string(),
      kid: z.string(),
      alg: z.literal('ES256'),
      use: z.literal('sig'),
    }),
  ),
});
