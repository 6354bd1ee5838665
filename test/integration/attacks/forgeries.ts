import { createPublicKey } from 'node:crypto';
import { type JWTHeaderParameters, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { limits } from '#protocol/limits.ts';
import { signingKey } from '#test/helpers/accounts.ts';
import type { Api } from '#test/helpers/api.ts';

interface Login {
  readonly userId: string;
  readonly familyId: string;
}

/** What makes a valid access token of a login. */
function parts({ origin, signingKey: key }: Api, { userId, familyId }: Login) {
  const now = Math.floor(Date.now() / 1_000);
  const header = { alg: 'ES256', typ: 'at+jwt', kid: key.kid };
  const claims = {
    ...{ iss: origin, aud: 'storm', sub: userId, sid: familyId },
    ...{ iat: now, exp: now + limits.accessTokenSeconds },
  };
  return { header, claims, now };
}

/** Texts in place of an access token, none of which may open anything: by what is wrong with each. */
export async function forgeries(api: Api, login: Login, refreshToken: string): Promise<Record<string, string>> {
  const { header, claims, now } = parts(api, login);
  const { signingKey: ours } = api;
  const other = await signingKey(ours.kid);
  const sign = (
    change: Partial<Record<keyof JWTPayload, unknown>> = {},
    headers: Partial<JWTHeaderParameters> = {},
    key: Parameters<SignJWT['sign']>[0] = ours,
  ) => new SignJWT({ ...claims, ...change } as JWTPayload).setProtectedHeader({ ...header, ...headers }).sign(key);
  const valid = await sign();
  const [head = '', body = '', signature = ''] = valid.split('.');
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = new UnsecuredJWT(claims).encode();
  const { d: _, ...publicJwk } = ours;
  const publicPem = createPublicKey({ key: publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const { d: __, ...otherJwk } = other.secret;
  return {
    'no signature, alg none': unsigned,
    'alg none with our signature': `${encoded({ ...header, alg: 'none' })}.${body}.${signature}`,
    'alg NONE': `${encoded({ ...header, alg: 'NONE' })}.${body}.`,
    'HMAC with our public key': await sign({}, { alg: 'HS256' }, Buffer.from(publicPem)),
    'HMAC with nothing': await sign({}, { alg: 'HS256' }, new Uint8Array(32)),
    'another key with our id': await sign({}, {}, other.secret),
    'another key with another id': await sign({}, { kid: 'b' }, other.secret),
    'our key with another id': await sign({}, { kid: 'b' }),
    'an id that is a path': await sign({}, { kid: '../../dev/null' }, other.secret),
    'a key of its own in the header': await sign({}, { jwk: otherJwk }, other.secret),
    'a key set of its own in the header': await sign({}, { jku: 'https://evil.example/jwks.json' }, other.secret),
    'an unknown extension that it calls critical': `${encoded({ ...header, crit: ['x'], x: 1 })}.${body}.${signature}`,
    'another issuer': await sign({ iss: 'https://evil.example' }),
    'another stage of ours': await sign({ iss: `${api.origin}.dev` }),
    'no issuer': await sign({ iss: undefined }),
    'another audience': await sign({ aud: 'another service' }),
    'no audience': await sign({ aud: undefined }),
    'another type': await sign({}, { typ: 'JWT' }),
    'the type of an id token': await sign({}, { typ: 'id+jwt' }),
    'a time that is over': await sign({ exp: now - 60 }),
    'a time that has not come': await sign({ nbf: now + 3_600 }),
    'no end': await sign({ exp: undefined }),
    'no beginning': await sign({ iat: undefined }),
    'an end that is a text': `${head}.${encoded({ ...claims, exp: '9999999999' })}.${signature}`,
    'no user': await sign({ sub: undefined }),
    'a user that is no id': await sign({ sub: 'admin' }),
    'no login': await sign({ sid: undefined }),
    'another user under our signature': `${head}.${encoded({ ...claims, sub: login.familyId })}.${signature}`,
    'more time under our signature': `${head}.${encoded({ ...claims, exp: now * 2 })}.${signature}`,
    'a changed signature': `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
    'half a signature': `${head}.${body}.${signature.slice(0, signature.length / 2)}`,
    'an empty signature': `${head}.${body}.`,
    'no third part': `${head}.${body}`,
    'a fourth part': `${valid}.${signature}`,
    'five parts, as if encrypted': `${valid}.${body}.${signature}`,
    'no header': `.${body}.${signature}`,
    'a header that is no JSON': `${Buffer.from('nonsense').toString('base64url')}.${body}.${signature}`,
    'a header that is null': `${encoded(JSON.parse('[null]'))}.${body}.${signature}`,
    'claims that are no object': `${head}.${encoded([1])}.${signature}`,
    'bytes that are not UTF-8': `${head}.${Buffer.from([0xff, 0xfe, 0x80]).toString('base64url')}.${signature}`,
    'a refresh token': refreshToken,
    '100 KB': 'a'.repeat(100 * 1024),
    '100 KB of parts': 'a.'.repeat(50 * 1024),
    '100 KB of claims': `${head}.${encoded({ ...claims, x: 'x'.repeat(100 * 1024) })}.${signature}`,
    'deep claims': `${head}.${Buffer.from('['.repeat(50_000)).toString('base64url')}.${signature}`,
    'a word': 'undefined',
    'a name of every object': '__proto__',
  };
}

/** `Authorization` headers that aren't `Bearer` and one valid token. API Gateway joins repeated headers with a comma. */
export function malformedHeaders(valid: string): Record<string, string> {
  return {
    'no token': 'Bearer',
    'an empty token': 'Bearer ',
    'no scheme': valid,
    'another scheme': `Basic ${valid}`,
    'a scheme that only begins alike': `BearerX ${valid}`,
    'two headers': `Bearer ${valid},Bearer ${valid}`,
    'two headers, one of them empty': `,Bearer ${valid}`,
    'two tokens': `Bearer ${valid} ${valid}`,
    'two spaces': `Bearer  ${valid}`,
    'a line break': `Bearer ${valid}\r\nx: y`,
    'a NUL': `Bearer ${valid}\0`,
    'bytes that are not ASCII': `Bearer ÿþ${valid}`,
    'a token in quotes': `Bearer "${valid}"`,
  };
}
