import { globSync, readFileSync } from 'node:fs';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { v7 } from 'uuid';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { askUpgrade } from '#local/test/helpers/websocket-client.ts';
import { type Operation, operations } from '#protocol/operations.ts';
import { checkReply } from '#test/helpers/contract.ts';
import { type Endpoints, endpointsOf, Member, request } from '#test/helpers/member.ts';
import { target } from '#test/helpers/target.ts';
import packageJson from '../../package.json' with { type: 'json' };

let endpoints: Endpoints;
beforeAll(async () => {
  endpoints = await endpointsOf(inject('url'));
});

const call = (route: string, more: Parameters<typeof request>[2] = {}) => request(endpoints.httpUrl, route, more);
const register = (name: string) => Member.register(endpoints, name);

describe('one address', () => {
  test('serves the page with its files, where the stack is, and the API below /api', async () => {
    const page = await fetch(inject('url'));
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('content-security-policy')).toContain(
      `connect-src 'self' ${new URL(endpoints.wsUrl).origin}`,
    );
    const [, script = ''] = /<script type="module"[^>]* src="([^"]+)"/.exec(await page.text()) ?? [];
    const file = await fetch(new URL(script, inject('url')));
    expect(file.status).toBe(200);
    expect(file.headers.get('cache-control')).toContain('immutable');
    expect(endpoints.httpUrl).toBe(`${inject('url')}/api`);
    expect((await call('GET /health')).body).toEqual({ status: 'ok', version: packageJson.version });
  });

  test('carries the licences of what its page is made of', async () => {
    for (const file of ['third-party-notices.md', 'third-party-font.txt'])
      expect((await fetch(`${inject('url')}/${file}`)).status).toBe(200);
  });

  test('carries the licences of what its functions are made of', ({ skip }) => {
    skip(target !== undefined, 'The files of the functions are not to be had from a stage.');
    const functions = globSync(`${inject('assembly')}/asset.*/handler.mjs`);
    expect(functions.length).toBeGreaterThan(20);
    for (const file of functions)
      expect(readFileSync(file.replace('handler.mjs', 'third-party-notices.txt'), 'utf8')).toContain('packages');
  });

  test('publishes the keys that access tokens are signed with', async () => {
    const { session, id } = await register('ann');
    const keys = createRemoteJWKSet(new URL(`${endpoints.httpUrl}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(session.accessToken, keys, { algorithms: ['ES256'], typ: 'at+jwt' });
    expect(payload.sub).toBe(id);
  });

  test.each(['GET /nothing', 'DELETE /health'])('%s, which is no route, is a problem document, too', async (route) => {
    expect(await call(route)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  const routes = Object.entries<Operation>(operations);

  test.each(routes.map(([route]) => route))(
    '%s is in what its path allows, and HEAD wherever GET is',
    async (route) => {
      const [method = '', template = ''] = route.split(' ');
      const url = `${endpoints.httpUrl}${template.replaceAll(/\{\w+\}/g, () => v7())}`;
      const options = await fetch(url, { method: 'OPTIONS' });
      expect([options.status, await options.text()]).toEqual([204, '']);
      const allowed = (options.headers.get('allow') ?? '').split(', ');
      expect(allowed).toEqual(expect.arrayContaining([method, 'OPTIONS']));
      expect(allowed.includes('HEAD')).toBe(allowed.includes('GET'));
      const head = await fetch(url, { method: 'HEAD' });
      expect(await head.text()).toBe('');
      expect(head.status).toBe((await fetch(url)).status);
    },
  );

  test('HEAD with a token is answered as GET is, without the body', async () => {
    const ann = await register('ann');
    const headers = { authorization: `Bearer ${ann.session.accessToken}` };
    const ask = async (method: string, path: string) => {
      const answer = await fetch(`${endpoints.httpUrl}${path}`, { method, headers });
      const type = answer.headers.get('content-type');
      return { status: answer.status, type, cache: answer.headers.get('cache-control'), body: await answer.text() };
    };
    for (const path of [
      '/users/me',
      `/users/${ann.id}`,
      '/conversations?limit=1',
      `/users/${v7()}`,
      '/search',
      '/health',
    ]) {
      const get = await ask('GET', path);
      expect(await ask('HEAD', path), path).toEqual({ ...get, body: '' });
      expect(get.body).not.toBe('');
    }
  });

  test('OPTIONS of what is no path is not found, and a fixed path has its own methods', async () => {
    const options = (path: string) => fetch(`${endpoints.httpUrl}${path}`, { method: 'OPTIONS' });
    expect((await options('/nothing')).status).toBe(404);
    expect((await options('/users/me/nothing')).status).toBe(404);
    expect((await options('/users/me')).headers.get('allow')).toBe('GET, HEAD, DELETE, OPTIONS');
    expect((await options(`/users/${v7()}`)).headers.get('allow')).toBe('GET, HEAD, PUT, OPTIONS');
  });

  test.each(['gzip', 'br', 'deflate', 'gzip, identity', 'x'])(
    'a body that is encoded with %s is refused',
    async (encoding) => {
      const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
      const answer = await call('POST /auth/login', { text: '{}', headers });
      expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_encoding' } });
      expect(answer.headers.get('accept-encoding')).toBe('identity');
      const identity = { ...headers, 'content-encoding': 'identity' };
      expect(await call('POST /auth/login', { text: '{}', headers: identity })).toMatchObject({ status: 400 });
    },
  );

  test.each([
    ['a byte that is in no text', [0xff]],
    ['an emoji that is cut off', [0xf0, 0x9f, 0x98]],
    ['Latin-1', [0xe9]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a slash in two bytes', [0xc0, 0xaf]],
  ])('a body with %s is refused, whichever type it says', async (_, bytes) => {
    const body = Buffer.concat([
      Buffer.from('{"login":"'),
      Buffer.from(bytes),
      Buffer.from('","password":"a long enough secret"}'),
    ]);
    for (const type of [
      'application/json',
      'application/json; charset=utf-8',
      'text/plain',
      'application/octet-stream',
    ]) {
      const answer = await fetch(`${endpoints.httpUrl}/auth/login`, {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      });
      expect([answer.status, await answer.json()], type).toMatchObject([400, { code: 'bad_request' }]);
    }
  });

  test.each(routes.flatMap(([route, { open }]) => (open ? [] : [route])))(
    '%s is there, and asks for an access token',
    async (route) => {
      const { status, headers, body } = await call(route.replaceAll(/\{\w+\}/g, () => v7()));
      expect(status).toBe(401);
      expect(headers.get('content-type')).toBe('application/problem+json');
      expect(body).toMatchObject({ status: 401, code: 'unauthorized' });
    },
  );

  test.each(routes.flatMap(([route, { open, body }]) => (open && body ? [route] : [])))(
    '%s needs none, and takes JSON with known fields only',
    async (route) => {
      const headers = { 'content-type': 'application/json' };
      for (const body of ['{"sudo":true}', '{"login":', '[]', 'null'])
        expect(await call(route, { text: body, headers }), body).toMatchObject({
          status: 400,
          body: { code: 'bad_request' },
        });
    },
  );

  test('keeps a browser’s refresh token in a cookie that only our page can use', async () => {
    const { username } = await register('ann');
    const ours = { origin: inject('url'), 'sec-fetch-site': 'same-origin' };
    const login = { body: { login: username, password: Member.password }, headers: ours };
    const session = await call('POST /auth/login', login);
    expect(session.body).not.toHaveProperty('refreshToken');
    const cookie = session.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    // The local stack refuses pages of other origins by itself; test/integration/accounts-http.test.ts has what the function says.
    const foreign = { cookie, origin: 'https://evil.example' };
    const refused = await fetch(`${endpoints.httpUrl}/auth/refresh`, { method: 'POST', headers: foreign, body: '{}' });
    expect(refused.status).toBe(403);
    expect(await call('POST /auth/refresh', { body: {}, headers: { ...ours, cookie } })).toMatchObject({ status: 200 });
  });
});

describe('the upgrade', () => {
  const offer = (...protocols: string[]) => ({ 'Sec-WebSocket-Protocol': protocols.join(', ') });

  test('is refused without a token that is valid, wherever it stands, and to pages of others', async () => {
    const { session } = await register('ann');
    const { accessToken, refreshToken } = session;
    const [header = '', , signature = ''] = accessToken.split('.');
    const forged = `${header}.${Buffer.from(JSON.stringify({ sub: v7() })).toString('base64url')}.${signature}`;
    const statusOf = async (headers: Record<string, string>, query = '') =>
      (await askUpgrade(endpoints.wsUrl.replace(/^ws/, 'http') + query, headers)).status;
    expect(await statusOf({})).toBe(401);
    expect(await statusOf(offer('storm.v1'))).toBe(401);
    expect(await statusOf(offer('storm.v1'), `?token=${accessToken}`)).toBe(401);
    for (const token of ['nonsense', forged, `${refreshToken}`])
      expect(await statusOf(offer('storm.v1', `bearer.${token}`)), token).toBe(401);
    expect(await statusOf({ authorization: `Basic ${accessToken}` })).toBe(401);
    const evil = { origin: 'https://evil.example' };
    expect(await statusOf({ ...offer('storm.v1', `bearer.${accessToken}`), ...evil })).toBe(403);
  });

  test('answers storm.v1 to those who offer it, and lets programs in that send a header', async () => {
    const ann = await register('ann');
    expect((await ann.open()).socket.webSocket.protocol).toBe('storm.v1');
    const program = await ann.open({ protocols: [], headers: { authorization: `Bearer ${ann.session.accessToken}` } });
    expect(program.socket.webSocket.protocol).toBe('');
    const page = await ann.open({ headers: { origin: inject('url') } });
    expect(page.socket.webSocket.protocol).toBe('storm.v1');
  });
});

describe('a frame', () => {
  test('is answered, whatever it is, and the socket stays', async () => {
    const { socket } = await (await register('ann')).open();
    const refused = { code: 'bad_request', message: expect.any(String), temporary: false };
    for (const text of ['', 'storm', '[]', 'null', '7', '{}', '{"action":null}', '{"action":["message"]}']) {
      socket.send(text);
      expect(await socket.nextJson(), text).toEqual({ re: null, error: refused });
    }
    for (const action of ['dance', '$connect', '$default', '__proto__', 'message', 'receipt']) {
      socket.send({ action, id: 'mine' });
      expect(await socket.nextJson(), action).toEqual({ re: 'mine', error: refused });
    }
    socket.send({ action: 'ping' });
    expect(await socket.nextJson()).toEqual({ type: 'pong' });
  });

  test('that keeps the socket alive has no answer', async () => {
    const { socket } = await (await register('ann')).open();
    socket.send({ action: 'keepalive' });
    socket.send({ action: 'ping' });
    expect(await socket.nextJson()).toEqual({ type: 'pong' });
    socket.send({ action: 'dance' });
    expect(await socket.nextJson()).toMatchObject({ re: null });
  });

  test('of more than 32 KB that comes in parts is too large', async () => {
    const { socket } = await (await register('ann')).open();
    const part = 'x'.repeat(20_000);
    for (const [start, re] of [
      ['{"action":"dance","id":"mine","text":"', 'mine'],
      ['{"action":"dance","id":"', null],
      ['dance ', null],
    ] as const) {
      socket.webSocket.send(`${start}${part}`, { fin: false });
      socket.webSocket.send(`${part}"}`, { fin: true });
      const reply = Object(await socket.nextJson());
      expect(reply).toMatchObject({ re, error: { code: 'too_large' } });
      checkReply(undefined, reply);
    }
  });
});

describe('the end of a login', () => {
  const bye = { events: [{ type: 'bye', reason: 'logged_out', reconnect: false }] };

  test.each([
    ['logging out', (refreshToken: string) => call('POST /auth/logout', { body: { refreshToken } })],
    [
      'a refresh token that comes again after its successor was used',
      async (refreshToken: string) => {
        const refresh = (token: string) => call('POST /auth/refresh', { body: { refreshToken: token } });
        const { body } = await refresh(refreshToken);
        await refresh(body.refreshToken);
        expect((await refresh(refreshToken)).body.code).toBe('token_reused');
      },
    ],
  ])('by %s closes its sockets for good, and no others', async (_, end) => {
    const ann = await register('ann');
    const other = await ann.logIn();
    const [ended, kept] = [await ann.open(), await other.open()];
    await end(ann.session.refreshToken ?? '');
    expect(await ended.socket.nextJson()).toEqual(bye);
    await ended.socket.closed;
    await expect(ann.open()).rejects.toThrow('401');
    kept.socket.send({ action: 'ping' });
    expect(await kept.socket.nextJson()).toEqual({ type: 'pong' });
  });
});
