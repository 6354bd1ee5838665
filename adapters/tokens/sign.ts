import type { JWK } from 'jose';
import { SignJWT } from 'jose/jwt/sign';
import { limits } from '#protocol/limits.ts';
import { algorithm, audience, type } from './claims.ts';

/** Signs an access token for a login. It is valid for `limits.accessTokenSeconds` from `now`, which is in ms since 1970. */
export function signAccessToken(
  key: JWK & { kid: string },
  issuer: string,
  { userId, familyId, unverified = false }: { userId: string; familyId: string; unverified?: boolean },
  now: number,
): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  return new SignJWT({ sid: familyId, ...(unverified && { unverified }) })
    .setProtectedHeader({ alg: algorithm, typ: type, kid: key.kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(userId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + limits.accessTokenSeconds)
    .sign(key);
}
