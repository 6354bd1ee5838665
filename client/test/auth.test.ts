import { beforeEach, expect, test, vi } from 'vitest';
import { Auth } from '../index.ts';
import { session } from './helpers/data.ts';
import { type FakeAnswer, FakePlatform } from './helpers/platform.ts';

let platform: FakePlatform;
let auth: Auth;
const onEnd = vi.fn();
const problem = (status: number, code: string): FakeAnswer => ({ status, body: { code, detail: code } });

beforeEach(async () => {
  onEnd.mockClear();
  platform = new FakePlatform();
  auth = new Auth({ httpUrl: '', platform, onEnd });
  platform.serve = () => ({ body: session('first') });
  await auth.login({ login: 'maya', password: 'secret' });
});

const refreshes = () => platform.calls.filter(({ path }) => path === '/auth/refresh');

test('A valid token is used again without a refresh', async () => {
  await platform.pass(500_000);
  expect(await auth.token()).toEqual({ ok: 'first' });
  expect(refreshes()).toEqual([]);
});

test('Calls that come together shortly before the token expires share one refresh', async () => {
  platform.serve = () => ({ body: session('second') });
  await platform.pass(550_000);
  expect(await Promise.all([auth.token(), auth.token(), auth.token()])).toEqual(Array(3).fill({ ok: 'second' }));
  expect(refreshes()).toHaveLength(1);
});

test('A call that is refused as unauthorized is made once more with a fresh token', async () => {
  platform.serve = ({ path, token }) => {
    if (path === '/auth/refresh') return { body: session('second') };
    return token === 'second' ? { body: { users: [] } } : problem(401, 'unauthorized');
  };
  expect(await auth.call({ method: 'GET', path: '/users' })).toEqual({ ok: { users: [] } });
  expect(refreshes()).toHaveLength(1);
});

test('A refused refresh ends the session', async () => {
  platform.serve = () => problem(401, 'token_reused');
  await platform.pass(600_000);
  expect(await auth.token()).toMatchObject({ error: { code: 'token_reused' } });
  expect(onEnd).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'token_reused' }));
  expect(auth.user).toBeUndefined();
});

test('A refresh that fails temporarily leaves the person signed in', async () => {
  platform.serve = () => {
    throw new Error('no network');
  };
  await platform.pass(600_000);
  expect(await auth.token()).toMatchObject({ error: { code: 'offline', temporary: true } });
  expect(onEnd).not.toHaveBeenCalled();
  platform.serve = () => ({ body: session('second') });
  expect(await auth.token()).toEqual({ ok: 'second' });
});

test('The session ends when another person has signed in with the same cookie', async () => {
  platform.serve = () => ({ body: session('second', 'somebody-else') });
  await platform.pass(600_000);
  expect(await auth.token()).toMatchObject({ error: { code: 'unauthorized' } });
  expect(onEnd).toHaveBeenCalledOnce();
});

test('With cookies, the client never has the refresh token', async () => {
  platform.serve = () => ({ body: session('second') });
  await platform.pass(600_000);
  await auth.token();
  expect(refreshes()[0]?.body).toEqual({});
  expect(auth.refreshToken).toBeUndefined();
});

test('Without cookies, the client sends the newest refresh token', async () => {
  const node = Object.assign(platform, { cookies: false });
  auth = new Auth({ httpUrl: '', platform: node });
  platform.serve = () => ({ body: session('next') });
  await auth.restore('kept');
  await platform.pass(600_000);
  await auth.token();
  expect(refreshes().map(({ body }) => body)).toEqual([{ refreshToken: 'kept' }, { refreshToken: 'refresh-next' }]);
});

test('A logout that does not reach the server changes nothing', async () => {
  platform.serve = () => problem(503, 'unavailable');
  expect(await auth.logout()).toMatchObject({ error: { code: 'unavailable', temporary: true } });
  expect(auth.user).toBeDefined();
  platform.serve = () => ({ status: 204 });
  expect(await auth.logout()).toEqual({ ok: undefined });
  expect(auth.user).toBeUndefined();
});

test.each([
  [429, 'rate_limited', true],
  [502, 'unavailable', true],
  [404, 'not_found', false],
])('A response %i without a problem document becomes the failure %s', async (status, code, temporary) => {
  platform.serve = () => ({ status, body: { message: 'from a gateway' } });
  expect(await auth.call({ method: 'GET', path: '/users' })).toMatchObject({ error: { code, temporary } });
});
