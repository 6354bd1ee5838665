import { SignJWT, UnsecuredJWT } from 'jose';
import { v7 } from 'uuid';
import { beforeAll, expect, test } from 'vitest';
import { signAccessToken } from '#adapters/tokens/sign.ts';
import { createVerifier } from '#adapters/tokens/verify.ts';
import { issuer, signingKey } from '#test/helpers/accounts.ts';

const login = { userId: v7(), familyId: v7() };
type Key = Awaited<ReturnType<typeof signingKey>>;
let previous: Key;
let current: Key;
let stranger: Key;
let verify: ReturnType<typeof createVerifier>;

beforeAll(async () => {
  [previous, current, stranger] = [
    await signingKey('previous'),
    await signingKey('current'),
    await signingKey('current'),
  ];
  verify = createVerifier({ JWKS: JSON.stringify({ keys: [previous.public, current.public] }), TOKEN_ISSUER: issuer });
});

const sign = (key: Key, now = Date.now()) => signAccessToken(key.secret, issuer, login, now);

/** A valid token, apart from what a test changes. */
function forge(change: { header?: object; claims?: object } = {}, key = current) {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    iss: issuer,
    aud: 'storm',
    sub: login.userId,
    sid: login.familyId,
    iat: now,
    exp: now + 600,
    ...change.claims,
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.secret.kid, ...change.header })
    .sign(key.secret);
}

test('a token speaks for its user and login until 10 minutes after it was signed', async () => {
  const now = 1_000 * Math.floor(Date.now() / 1000);
  expect(await verify(await sign(current, now))).toEqual({
    ok: { ...login, unverified: false, expiresAt: now + 600_000 },
  });
});

test('a token says if the address of its user is not verified, where that is required', async () => {
  const token = await signAccessToken(current.secret, issuer, { ...login, unverified: true }, Date.now());
  expect(await verify(token)).toMatchObject({ ok: { ...login, unverified: true } });
});

test('tokens of the previous key stay valid', async () => {
  expect(await verify(await sign(previous))).toHaveProperty('ok');
});

const wrong: Record<string, () => string | Promise<string>> = {
  'no token': () => '',
  'no JWT': () => 'a.b.c',
  expired: () => sign(current, Date.now() - 700_000),
  'not of a key of ours': () => sign(stranger),
  'of an unknown key id': () => forge({ header: { kid: 'other' } }),
  'of another issuer': () => forge({ claims: { iss: 'https://other.example' } }),
  'for another audience': () => forge({ claims: { aud: 'other' } }),
  'of another type': () => forge({ header: { typ: 'JWT' } }),
  'without an end': () => forge({ claims: { exp: undefined } }),
  'without a user': () => forge({ claims: { sub: undefined } }),
  'without a login': () => forge({ claims: { sid: undefined } }),
  'for no valid user': () => forge({ claims: { sub: 'admin' } }),
  'changed after signing': async () => {
    const [header, , signature] = (await sign(current)).split('.');
    const claims = { iss: issuer, aud: 'storm', sub: v7(), sid: v7(), iat: 0, exp: 9_999_999_999 };
    return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
  },
  unsigned: () =>
    new UnsecuredJWT({ sid: login.familyId })
      .setIssuer(issuer)
      .setAudience('storm')
      .setSubject(login.userId)
      .setExpirationTime('10m')
      .encode(),
  'signed with the public key as a shared secret': () =>
    new SignJWT({ sid: login.familyId })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'current' })
      .setIssuer(issuer)
      .setAudience('storm')
      .setSubject(login.userId)
      .setExpirationTime('10m')
      .sign(Buffer.from(JSON.stringify(current.public))),
};

test('the forger of these tests makes valid tokens when nothing is changed', async () => {
  expect(await verify(await forge())).toHaveProperty('ok');
});

test.for(Object.keys(wrong))('a token that is %s is unauthorized', async (name) => {
  const result = await verify((await wrong[name]?.()) ?? '');
  expect(result).toMatchObject({ error: { code: 'unauthorized' } });
});
