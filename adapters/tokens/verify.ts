import { JOSEError } from 'jose/errors';
import { createLocalJWKSet } from 'jose/jwks/local';
import { jwtVerify } from 'jose/jwt/verify';
import * as z from 'zod/mini';
import type { Caller } from '#core/accounts/caller.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { id } from '#protocol/values.ts';
import { algorithm, audience, type } from './claims.ts';

const Claims = z.object({ sub: id, sid: id, exp: z.int() });

const Environment = z.object({
  JWKS: z.string().check(z.minLength(1)),
  TOKEN_ISSUER: z.string().check(z.minLength(1)),
});

const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) });

/** How far the clocks of signer and verifier may be apart, in seconds. */
const clockTolerance = 5;

/** A verifier of access tokens. It needs public keys only, and no I/O: a revoked family's tokens live on until they expire. */
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
      const { sub, sid, exp } = claims.data;
      return { ok: { userId: sub, familyId: sid, expiresAt: exp * 1000 } };
    } catch (error) {
      if (error instanceof JOSEError) return fail('unauthorized');
      throw error;
    }
  };
}

let verify: ReturnType<typeof createVerifier> | undefined;

/** The caller that a token of this deployment speaks for, else `unauthorized`. */
export function verifyAccessToken(token: string): Promise<Result<Caller>> {
  verify ??= createVerifier(Environment.parse(process.env));
  return verify(token);
}
