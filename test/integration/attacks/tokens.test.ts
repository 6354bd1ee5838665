/** Tokens and cookies that were made up, copied, cut, mixed up or kept for too long. */

import { expect, test } from 'vitest';
import { createRefreshTokens } from '#core/accounts/refresh-token.ts';
import { operations } from '#protocol/operations.ts';
import type { Route } from '#protocol/routes.ts';
import { type Person, password } from '#test/helpers/api.ts';
import { erase, setScene, tokenOfEndedLogin } from './cast.ts';
import { forgeries, malformedHeaders } from './forgeries.ts';
import { rowsOf } from './rows.ts';

const closed = Object.entries(operations)
  .filter(([, operation]) => !('open' in operation))
  .map(([route]) => route as Route);

const scene = setScene();

async function logIn({ username }: Person): Promise<{ accessToken: string; refreshToken: string }> {
  return (await scene().api.call('POST /auth/login', { body: { login: username, password } })).body;
}

/** All `Authorization` headers that must be refused, by what is wrong with them. */
async function badHeaders(): Promise<[string, string][]> {
  const { api, people } = scene();
  const { accessToken, refreshToken } = await logIn(people.owner);
  const login = { userId: people.owner.id, familyId: api.familyOf(accessToken) };
  const forged = Object.entries(await forgeries(api, login, refreshToken));
  const headers = [
    ...forged.map(([what, token]) => [what, `Bearer ${token}`] as [string, string]),
    ...Object.entries(malformedHeaders(accessToken)),
  ];
  expect((await api.call('GET /users/me', { headers: { authorization: `bearer ${accessToken}` } })).status).toBe(200);
  return headers;
}

test('no route takes an access token that is not exactly one of ours, and all say the same', async () => {
  const { api } = scene();
  const headers = await badHeaders();
  const before = await rowsOf(scene());
  const answers = new Set<string>();
  for (const [what, authorization] of headers) {
    for (const route of closed) {
      const { status, body } = await api.call(route, { headers: { authorization } });
      if (status !== 401) expect.fail(`${route} answered ${status} to ${what}`);
      answers.add(JSON.stringify(body));
    }
  }
  expect([...answers]).toHaveLength(1);
  expect(await rowsOf(scene())).toEqual(before);
});

test('no socket opens with one, in either place, nor with a token in the URL', async () => {
  const { api, people } = scene();
  const { accessToken } = await logIn(people.owner);
  const login = { userId: people.owner.id, familyId: api.familyOf(accessToken) };
  const before = await rowsOf(scene());
  for (const [what, token] of Object.entries(await forgeries(api, login, ''))) {
    // A header of Node's client and of API Gateway has at most some KB.
    if (token.length > 8_000) continue;
    const asHeader = await api.gateway.refusal(undefined, { Authorization: `Bearer ${token}` });
    const asProtocol = await api.gateway.refusal(undefined, {
      'Sec-WebSocket-Protocol': `storm.v1, bearer.${token}`,
    });
    expect([what, asHeader.status, asProtocol.status]).toEqual([what, 401, 401]);
  }
  const inUrl = await api.gateway.refusal(`/v1?token=${accessToken}&access_token=${accessToken}`);
  expect(inUrl.status).toBe(401);
  expect(await rowsOf(scene())).toEqual(before);
});

test('refresh and logout take no text that is not exactly a refresh token of ours', async () => {
  const { api, people } = scene();
  const { refreshToken, accessToken } = await logIn(people.owner);
  const content = Buffer.from(refreshToken, 'base64url');
  const changed = (at: number) => {
    const copy = Buffer.from(content);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy.toString('base64url');
  };
  const forger = createRefreshTokens(Buffer.alloc(32, 1).toString('base64url'));
  const login = { userId: people.owner.id, familyId: api.familyOf(accessToken) };
  const texts: Record<string, string> = {
    'an access token': accessToken,
    'another user': changed(3),
    'another login': changed(20),
    'another secret': changed(40),
    'another seal': changed(content.length - 1),
    'a seal of another key': forger.encode({ ...login, secret: content.subarray(32, 64) }),
    'half of it': refreshToken.slice(0, refreshToken.length / 2),
    'all but the seal': content.subarray(0, 64).toString('base64url'),
    'padding after it': `${refreshToken}=`,
    'a space before it': ` ${refreshToken}`,
    'two of it': refreshToken.repeat(2),
    'a NUL after it': `${refreshToken}\0`,
    'other letters': refreshToken.toUpperCase(),
    '4 KB': 'a'.repeat(4_096),
    nothing: '',
    'lone surrogates': '\ud800\udc00\ud800',
  };
  const before = await rowsOf(scene());
  for (const [what, text] of Object.entries(texts)) {
    const body = { refreshToken: text };
    const refreshed = await api.call('POST /auth/refresh', { body });
    expect([what, refreshed.status, refreshed.body.code]).toEqual([what, 401, 'unauthorized']);
    expect([what, (await api.call('POST /auth/logout', { body })).status]).toEqual([what, 204]);
  }
  expect(await rowsOf(scene())).toEqual(before);
  expect((await api.call('POST /auth/refresh', { body: { refreshToken } })).status).toBe(200);
});

test('nothing of a login that has ended, or of an account that was erased, is worth anything', async () => {
  const { api, people, extra } = scene();
  const gone = await extra();
  const { refreshToken } = await logIn(gone);
  await erase(gone);
  const ended = await tokenOfEndedLogin(api, people.admin);
  const before = await rowsOf(scene());
  expect((await api.call('POST /auth/refresh', { body: { refreshToken } })).body.code).toBe('unauthorized');
  await api.call('POST /auth/logout', { body: { refreshToken } });
  for (const token of [ended, gone.token]) {
    expect((await api.call('POST /auth/validate', { token })).status).toBe(401);
    expect((await api.gateway.refusal(undefined, { Authorization: `Bearer ${token}` })).status).toBe(401);
  }
  expect(await rowsOf(scene())).toEqual(before);
});

test('a new login ends the one whose cookie it replaces, and no other', async () => {
  const { api, extra } = scene();
  const [one, other] = [await extra(), await extra()];
  const page = { origin: api.origin, 'sec-fetch-site': 'same-origin' };
  const logInOnPage = (username: string, cookies: string[]) =>
    api.call('POST /auth/login', { headers: page, cookies, body: { login: username, password } });
  const cookieOf = (answer: { cookies: string[] }) => answer.cookies[0]?.split(';')[0] ?? '';
  const first = await logInOnPage(one.username, []);
  const second = await logInOnPage(other.username, [cookieOf(first)]);
  expect((await api.call('GET /users/me', { token: first.body.accessToken })).status).toBe(401);
  for (const token of [second.body.accessToken, one.token])
    expect((await api.call('GET /users/me', { token })).status).toBe(200);
  const third = await api.call('POST /auth/login', {
    headers: { origin: 'https://evil.example' },
    cookies: [cookieOf(second)],
    body: { login: one.username, password },
  });
  expect(third.status).toBe(200);
  expect((await api.call('GET /users/me', { token: second.body.accessToken })).status).toBe(200);
});

test('a cookie is worth nothing to another page, and no answer lets another page read it', async () => {
  const { api, people } = scene();
  const page = { origin: api.origin, 'sec-fetch-site': 'same-origin' };
  const body = { login: people.owner.username, password };
  const { cookies } = await api.call('POST /auth/login', { headers: page, body });
  const cookie = cookies[0]?.split(';')[0] ?? '';
  const origins = [
    ...[undefined, '', 'null', 'https://evil.example', `${api.origin}.evil.example`, `${api.origin}/`],
    ...[api.origin.toUpperCase(), api.origin.replace('https', 'http'), `${api.origin}:8443`, `${api.origin},`],
    ...[`https://evil.example,${api.origin}`, `${api.origin} `, api.origin.replace('//', '//evil.')],
  ];
  const before = await rowsOf(scene());
  for (const origin of origins) {
    const headers = { ...(origin !== undefined && { origin }), 'sec-fetch-site': 'cross-site' };
    const refreshed = await api.call('POST /auth/refresh', { headers, cookies: [cookie] });
    const loggedOut = await api.call('POST /auth/logout', { headers, cookies: [cookie] });
    expect([origin, refreshed.status, refreshed.cookies, loggedOut.cookies]).toEqual([origin, 401, [], []]);
    for (const answer of [refreshed, loggedOut])
      expect(Object.keys(answer.headers).filter((name) => /^access-control-/i.test(name))).toEqual([]);
  }
  expect(await rowsOf(scene())).toEqual(before);
  expect((await api.call('POST /auth/refresh', { headers: page, cookies: [cookie] })).status).toBe(200);
});
