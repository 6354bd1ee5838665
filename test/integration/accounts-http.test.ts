import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loginSubjects } from '#core/accounts/attempts.ts';
import { limits } from '#protocol/limits.ts';
import { useUp } from '#test/helpers/accounts.ts';

import { type Api, startApi } from '#test/helpers/api.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

let people = 0;
let person: { username: string; email: string; password: string };
beforeEach(() => {
  const username = `person-${++people}`;
  person = { username, email: `${username}@example.org`, password: 'a rare phrase' };
});

const page = () => ({ origin: api.origin, 'sec-fetch-site': 'same-origin' });
const login = () => ({ login: person.username, password: person.password });

describe('sessions', () => {
  test('register answers 201 and login 200 with the contract’s session, never to be cached', async () => {
    const registered = await api.call('POST /auth/register', { body: person });
    const loggedIn = await api.call('POST /auth/login', { body: login() });
    expect([registered.status, loggedIn.status]).toEqual([201, 200]);
    for (const { body, headers, cookies } of [registered, loggedIn]) {
      expect(body).toEqual({
        user: {
          id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
          username: person.username,
          displayName: person.username,
          bio: '',
          avatarUrl: null,
          createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          email: person.email,
          emailVerified: false,
        },
        accessToken: expect.any(String),
        expiresIn: 600,
        refreshToken: expect.any(String),
        deviceToken: expect.any(String),
      });
      expect(headers['cache-control']).toBe('no-store');
      expect(cookies).toEqual([]);
    }
  });

  test('the access token is accepted by the other functions and by validate', async () => {
    const { body } = await api.call('POST /auth/register', { body: person });
    const me = await api.call('GET /users/me', { token: body.accessToken });
    expect(me).toMatchObject({ status: 200, body: body.user });
    const valid = await api.call('POST /auth/validate', { token: body.accessToken });
    expect(valid).toMatchObject({ status: 200, body: { valid: true, userId: body.user.id } });
    const minutesLeft = (Date.parse(valid.body.expiresAt) - Date.now()) / 60_000;
    expect(minutesLeft).toBeGreaterThan(8);
    expect(minutesLeft).toBeLessThanOrEqual(10);
  });

  test.for(['GET /users/me', 'GET /users/{id}', 'PUT /users/{id}', 'GET /users', 'POST /auth/validate'])(
    '%s needs an access token before all else',
    async (route) => {
      const refused = await api.call(route, { token: 'nonsense', body: { nonsense: true } });
      expect(refused).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
      expect(await api.call(route)).toMatchObject({ status: 401 });
    },
  );

  test('a request that breaks the rules is refused with the reason, and one that repeats a name with a conflict', async () => {
    await api.call('POST /auth/register', { body: person });
    const answers = await Promise.all([
      api.call('POST /auth/register', { body: { ...person, username: 'A' } }),
      api.call('POST /auth/register', { body: { ...person, role: 'admin' } }),
      api.call('POST /auth/register', { body: { ...person, username: 'someone', password: 'password1' } }),
      api.call('POST /auth/register', { body: { ...person, email: 'else@example.org' } }),
      api.call('POST /auth/register', { body: { ...person, username: `${person.username}-else` } }),
      api.call('POST /auth/login', { body: { login: '\ud800', password: 'x' } }),
      api.call('POST /auth/refresh', { body: { refreshToken: 'x'.repeat(1_000) } }),
    ]);
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [400, 'bad_request'],
      [400, 'bad_request'],
      [400, 'weak_password'],
      [409, 'username_taken'],
      [409, 'registration_failed'],
      [400, 'bad_request'],
      [401, 'unauthorized'],
    ]);
  });

  test('too many guesses get 429 with the seconds to wait', async () => {
    const sourceIp = '198.51.100.66';
    const guess = () => api.call('POST /auth/login', { body: { ...login(), password: 'a guess' }, sourceIp });
    for (let i = 0; i < 10; i++) expect((await guess()).body.code).toBe('bad_credentials');
    const refused = await guess();
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_attempts' } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(90);
  });
});

test('attempts count for the viewer’s address where CloudFront proves itself, else for the peer’s', async () => {
  let logins = 0;
  const guess = (viewer: string, edge: string, peer: string) =>
    api.call('POST /auth/login', {
      headers: { 'x-forwarded-for': viewer, 'x-storm-edge': edge },
      sourceIp: peer,
      body: { login: `nobody-${++logins}`, password: 'a guess' },
    });
  await useUp(api.attempts, loginSubjects('', '198.51.100.7')[0], Date.now());
  expect((await guess('198.51.100.7', api.edge, '203.0.113.200')).status).toBe(429);
  expect((await guess('198.51.100.8', api.edge, '203.0.113.200')).status).toBe(401);
  expect((await guess('198.51.100.7', 'forged', '203.0.113.200')).status).toBe(401);
});

describe('the cookie', () => {
  const cookieOf = (cookies: readonly string[]) => cookies[0]?.split(';')[0] ?? '';

  test('is given to a page of ours, whose scripts don’t see the token', async () => {
    const { cookies, body } = await api.call('POST /auth/register', { body: person, headers: page() });
    expect(cookies).toEqual([
      expect.stringMatching(
        /^__Host-storm-refresh=[\w-]{107}; Max-Age=(1209600|1209599); Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      ),
      expect.stringMatching(
        /^__Host-storm-device=[\w-]{48}; Max-Age=15552000; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      ),
    ]);
    expect(body).not.toHaveProperty('refreshToken');
    expect(body).not.toHaveProperty('deviceToken');
    expect(body).toHaveProperty('accessToken');
  });

  test('is no use to a page of another origin that is allowed, so that one is given the token too', async () => {
    const headers = { origin: api.origin, 'sec-fetch-site': 'cross-site' };
    expect((await api.call('POST /auth/register', { body: person, headers })).body).toHaveProperty('refreshToken');
  });

  test('is refreshed, repeated and spent as the token itself is', async () => {
    const first = cookieOf((await api.call('POST /auth/register', { body: person, headers: page() })).cookies);
    const refresh = (cookie: string) => api.call('POST /auth/refresh', { headers: page(), cookies: ['a=b', cookie] });
    const refreshed = await refresh(first);
    expect(refreshed.status).toBe(200);
    const second = cookieOf(refreshed.cookies);
    expect(second).not.toBe(first);
    expect(cookieOf((await refresh(first)).cookies)).toBe(second);
    expect((await refresh(second)).status).toBe(200);
    expect(await refresh(first)).toMatchObject({ status: 401, body: { code: 'token_reused' } });
  });

  test('counts for nothing without an origin of ours', async () => {
    const { cookies } = await api.call('POST /auth/register', { body: person, headers: page() });
    for (const headers of [{}, { origin: 'https://evil.example' }, { origin: 'null' }]) {
      const refused = await api.call('POST /auth/refresh', { headers, cookies: [cookieOf(cookies)] });
      expect(refused).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
      await api.call('POST /auth/logout', { headers, cookies: [cookieOf(cookies)] });
    }
    const ours = await api.call('POST /auth/refresh', { headers: page(), cookies: [cookieOf(cookies)] });
    expect(ours.status).toBe(200);
  });

  test('goes with the logout', async () => {
    const { cookies } = await api.call('POST /auth/register', { body: person, headers: page() });
    const gone = await api.call('POST /auth/logout', { headers: page(), cookies: [cookieOf(cookies)] });
    expect(gone.status).toBe(204);
    expect(gone.cookies).toEqual([expect.stringMatching(/^__Host-storm-refresh=; Max-Age=0; Path=\/;.*Secure/)]);
    expect(gone.headers['clear-site-data']).toBe('"storage"');
    expect((await api.call('POST /auth/refresh', { headers: page(), cookies: [cookieOf(cookies)] })).status).toBe(401);
  });
});

describe('a known device', () => {
  const sourceIp = '198.51.100.67';
  const guess = () => api.call('POST /auth/login', { body: { ...login(), password: 'a guess' }, sourceIp });
  const lockOut = async () => {
    for (let status = 0; status !== 429; ) status = Number((await guess()).status);
  };

  test('is known by the token of a session, also after a logout', async () => {
    const { body: session } = await api.call('POST /auth/register', { body: person });
    await api.call('POST /auth/logout', { body: { refreshToken: session.refreshToken } });
    await lockOut();
    const { deviceToken } = session;
    expect((await api.call('POST /auth/login', { body: login(), sourceIp })).status).toBe(429);
    expect((await api.call('POST /auth/login', { body: { ...login(), deviceToken }, sourceIp })).status).toBe(200);
  });

  test('is known by a cookie to our page only, which stays after a logout and is replaced at a login', async () => {
    const registered = await api.call('POST /auth/register', { body: person, headers: page() });
    const cookies = registered.cookies.map((cookie) => cookie.split(';')[0] ?? '');
    const gone = await api.call('POST /auth/logout', { headers: page(), cookies });
    expect(gone.cookies.join()).not.toContain('__Host-storm-device');
    await lockOut();
    const logIn = (headers: Record<string, string>) =>
      api.call('POST /auth/login', { body: login(), sourceIp, headers, cookies });
    expect((await logIn({ ...page(), origin: 'https://evil.example' })).status).toBe(429);
    const again = await logIn(page());
    expect(again.status).toBe(200);
    expect(again.cookies).toContainEqual(expect.stringMatching(/^__Host-storm-device=[\w-]{48};/));
  });
});

describe('sockets', () => {
  const bearer = (token: string) => ['storm.v1', `bearer.${token}`];

  test('open with the token of a session, as the subprotocol or as a header, and carry its user and login', async () => {
    const { body } = await api.call('POST /auth/register', { body: person });
    const socket = await api.gateway.connect('', bearer(body.accessToken), { origin: api.origin });
    expect(socket.webSocket.protocol).toBe('storm.v1');
    await api.gateway.connect('', [], { headers: { Authorization: `Bearer ${body.accessToken}` } });
    const contexts = api.gateway.eventsOf('connect').map(({ requestContext }) => requestContext['authorizer']);
    expect(contexts.slice(-2)).toEqual(
      Array(2).fill(
        expect.objectContaining({ userId: body.user.id, familyId: expect.stringMatching(/^[0-9a-f-]{36}$/) }),
      ),
    );
  });

  test('are refused with 401 without a valid token and with 403 from a strange page', async () => {
    const { body } = await api.call('POST /auth/register', { body: person });
    const statusOf = async (headers: Record<string, string>) => (await api.gateway.refusal(undefined, headers)).status;
    expect(await statusOf({})).toBe(401);
    expect(await statusOf({ Authorization: 'Bearer nonsense' })).toBe(401);
    expect(await statusOf({ 'Sec-WebSocket-Protocol': `bearer.${body.accessToken}` })).toBe(401);
    // The local gateway would refuse it before the authorizer does.
    api.gateway.world.pages.add('https://evil.example');
    expect(await statusOf({ Authorization: `Bearer ${body.accessToken}`, Origin: 'https://evil.example' })).toBe(403);
  });

  test('of a revoked login are told and closed, those of the user’s other logins stay', async () => {
    const first = (await api.call('POST /auth/register', { body: person })).body;
    const second = (await api.call('POST /auth/login', { body: login() })).body;
    const [ended, kept] = [await api.openSocket(first.accessToken), await api.openSocket(second.accessToken)];
    await api.call('POST /auth/logout', { body: { refreshToken: first.refreshToken } });
    expect(await ended.nextJson()).toEqual({ events: [{ type: 'bye', reason: 'logged_out', reconnect: false }] });
    await ended.closed;
    expect(kept.webSocket.readyState).toBe(kept.webSocket.OPEN);
    const refresh = (refreshToken: string) => api.call('POST /auth/refresh', { body: { refreshToken } });
    const { body: successor } = await refresh(second.refreshToken);
    await refresh(successor.refreshToken);
    expect((await refresh(second.refreshToken)).body.code).toBe('token_reused');
    expect(await kept.nextJson()).toMatchObject({ events: [{ type: 'bye' }] });
    await kept.closed;
  });

  test('of a revoked login don’t open again while its access token lasts, those of other logins do', async () => {
    const first = (await api.call('POST /auth/register', { body: person })).body;
    const second = (await api.call('POST /auth/login', { body: login() })).body;
    await api.call('POST /auth/logout', { body: { refreshToken: first.refreshToken } });
    const refusal = await api.gateway.refusal(undefined, { Authorization: `Bearer ${first.accessToken}` });
    expect(refusal.status).toBe(401);
    const { webSocket } = await api.openSocket(second.accessToken);
    expect(webSocket.readyState).toBe(webSocket.OPEN);
  });

  test('beyond 20 of one person are told and closed, the oldest first, however many open at once', async () => {
    const { body } = await api.call('POST /auth/register', { body: person });
    const open = () => api.openSocket(body.accessToken);
    const first = await open();
    for (let i = 1; i < limits.sockets; i++) await open();
    expect(first.webSocket.readyState).toBe(first.webSocket.OPEN);
    const last = await open();
    expect(await first.nextJson()).toEqual({ events: [{ type: 'bye', reason: 'too_many', reconnect: false }] });
    await first.closed;
    expect(last.webSocket.readyState).toBe(last.webSocket.OPEN);

    const more = await Promise.allSettled(Array.from({ length: 40 }, open));
    const sockets = more.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const isOpen = ({ webSocket }: typeof first) => webSocket.readyState === webSocket.OPEN;
    await expect.poll(() => [last, ...sockets].filter(isOpen).length).toBeLessThanOrEqual(20);
    await expect.poll(() => api.sessions.connectionsOf([body.user.id], Date.now())).toHaveLength(limits.sockets);
  });

  test('that are gone already don’t keep a login from being revoked', async () => {
    const { body } = await api.call('POST /auth/register', { body: person });
    await api.sessions.connect(
      { userId: body.user.id, connectionId: 'Z1x2c3v4b5n6m7A=', familyId: api.familyOf(body.accessToken) },
      Date.now(),
    );
    const { status } = await api.call('POST /auth/logout', { body: { refreshToken: body.refreshToken } });
    expect(status).toBe(204);
  });
});

describe('profiles', () => {
  test('are changed and read by the contract’s rules', async () => {
    const { body: session } = await api.call('POST /auth/register', { body: person });
    const token: string = session.accessToken;
    const { id } = session.user;
    const changed = await api.call('PUT /users/{id}', {
      token,
      params: { id },
      body: { displayName: ' Ann ', bio: 'sails' },
    });
    expect(changed).toMatchObject({ status: 200, body: { displayName: 'Ann', bio: 'sails' } });
    const seen = await api.call('GET /users/{id}', { token, params: { id } });
    expect(seen).toMatchObject({ status: 200, body: { id, displayName: 'Ann' } });
    expect(seen.body).not.toHaveProperty('email');
    const other = '01890a5d-ac96-774b-bcce-b302099a8057';
    const codes = await Promise.all([
      api.call('GET /users/{id}', { token, params: { id: other } }),
      api.call('GET /users/{id}', { token, params: { id: 'nonsense' } }),
      api.call('PUT /users/{id}', { token, params: { id: other }, body: { bio: '' } }),
      api.call('PUT /users/{id}', { token, params: { id }, body: { email: 'new@example.org' } }),
      api.call('GET /users', { token, query: { username: person.username, limit: '101' } }),
    ]);
    expect(codes.map(({ body }) => body.code)).toEqual([
      'not_found',
      'not_found',
      'forbidden',
      'bad_request',
      'bad_request',
    ]);
    const found = await api.call('GET /users', { token, query: { username: person.username.toUpperCase() } });
    expect(found.body.users.map((user: { id: string }) => user.id)).toContain(id);
  });
});

describe('open answers', () => {
  test('the keys are public ones and may be cached', async () => {
    const { body, headers } = await api.call('GET /.well-known/jwks.json');
    expect(headers['cache-control']).toBe('public, max-age=300');
    expect(body.keys).toEqual([
      expect.objectContaining({ kid: expect.any(String), alg: 'ES256', use: 'sig', kty: 'EC' }),
    ]);
    expect(body.keys[0]).not.toHaveProperty('d');
  });

  test('health tells the version', async () => {
    expect(await api.call('GET /health')).toMatchObject({ status: 200, body: { status: 'ok', version: '1.2.3' } });
  });
});
