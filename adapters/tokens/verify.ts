import { JOSEError } from 'jose/errors';
import { createLocalJWKSet } from 'jose/jwks/local';
import { jwtVerify } from 'jose/jwt/verify';
import * as z from 'zod/mini';
import type { Caller } from '#core/accounts/caller.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { algorithm, audience, type } from './claims.ts';

const Claims = z.object({ sub: z.uuidv7(), sid: z.uuidv7(), exp: z.int(), unverified: z.optional(z.literal(true)) });

const Environment = z.object({
  JWKS: z.string().check(z.minLength(1)),
  TOKEN_ISSUER: z.string().check(z.minLength(1)),
});

const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) });

/** How far the clocks of the signer and the verifier may differ, in seconds. */
const clockTolerance = 5;

/**
 * Creates a verifier of access tokens from a JWK Set and the issuer's URL. Its error is `unauthorized`. It makes no calls, so it
 * accepts the tokens of a login that has ended until they expire. Throws if the JWK Set is malformed.
 */
export function createVerifier({ JWKS, TOKEN_ISSUER }: z.infer<typeof Environment>) {
  const keys = createLocalJWKSet(KeySet.parse(JSON.parse(JWKS)));
  const rules = {
    algorithms: [algorithm],
    typ: type,
    issuer: TOKEN_ISSUER,
    audience,
    clockTolerance,
    requiredClaims: ['iat', 'exp'],
  };
  return async (token: string): Promise<Result<Caller>> => {
    try {
      const { payload } = await jwtVerify(token, keys, rules);
      const claims = Claims.safeParse(payload);
      if (!claims.success) return fail('unauthorized');
      const { sub, sid, exp, unverified = false } = claims.data;
      return { ok: { userId: sub, familyId: sid, unverified, expiresAt: exp * 1000 } };
    } catch (error) {
      if (error instanceof JOSEError) return fail('unauthorized');
      throw error;
    }
  };
}

let verify: ReturnType<typeof createVerifier> | undefined;

/**
 * Returns the caller of a valid access token of this deployment (from JWKS and TOKEN_ISSUER in the environment), or
 * `unauthorized`.
 */
export function verifyAccessToken(token: string): Promise<Result<Caller>> {
  verify ??= createVerifier(Environment.parse(process.env));
  return verify(token);
}
