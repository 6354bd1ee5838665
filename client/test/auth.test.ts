import { beforeEach, expect, test, vi } from 'vitest';
import { Auth } from '../index.ts';
import { session } from './helpers/data.ts';
import { type FakeAnswer, FakePlatform, settle } from './helpers/platform.ts';

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

function tokenStore(kept?: string) {
  const saved: (string | undefined)[] = [];
  const store = {
    load: async () => (saved.length > 0 ? saved.at(-1) : kept),
    save: async (token: string | undefined) => void saved.push(token),
  };
  return { store, saved };
}

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

test('What was resumed before the answer came makes no call as somebody else', async () => {
  platform.serve = () => ({ body: session('theirs', 'somebody-else') });
  const calls: Promise<unknown>[] = [];
  platform.lock = async (_, work) => {
    const result = await work();
    // The answer is there, but the lock is given back a moment later.
    calls.push(auth.token(), auth.call({ method: 'GET', path: '/users' }));
    await settle();
    return result;
  };
  auth = new Auth({ httpUrl: '', platform, onEnd });
  const restoring = auth.restore();
  auth.resume(session('old').user);
  calls.push(auth.token());
  const refused = { error: expect.objectContaining({ code: 'unauthorized' }) };
  expect(await restoring).toEqual(refused);
  expect(await Promise.all(calls)).toEqual(calls.map(() => refused));
  expect(platform.calls.filter(({ token }) => token !== undefined)).toEqual([]);
  expect(onEnd).toHaveBeenCalledOnce();
});

test('What was resumed has the profile of the answer, which a restore and all calls share', async () => {
  const { user } = session('new');
  platform.serve = () => ({ body: { ...session('new'), user: { ...user, displayName: 'Maya R.' } } });
  const before = refreshes().length;
  for (const restores of [false, true]) {
    auth = new Auth({ httpUrl: '', platform, onEnd });
    const restoring = restores && auth.restore();
    auth.resume(user);
    expect(await auth.token()).toEqual({ ok: 'new' });
    await restoring;
    expect(auth.user).toMatchObject({ displayName: 'Maya R.' });
  }
  expect(refreshes()).toHaveLength(before + 2);
});

test('With cookies, the client never has the refresh token', async () => {
  platform.serve = () => ({ body: session('second') });
  await platform.pass(600_000);
  await auth.token();
  expect(refreshes()[0]?.body).toEqual({});
});

test('Without cookies, the client sends the newest refresh token', async () => {
  const { store, saved } = tokenStore('kept');
  auth = new Auth({ httpUrl: '', platform: Object.assign(platform, { cookies: false }), store });
  platform.serve = () => ({ body: session('next') });
  await auth.restore();
  expect(saved).toEqual(['refresh-next']);
  await platform.pass(600_000);
  await auth.token();
  expect(refreshes().map(({ body }) => body)).toEqual([{ refreshToken: 'kept' }, { refreshToken: 'refresh-next' }]);
});

test('A refresh token is stored before the session is used, and removed at its end', async () => {
  const { store, saved } = tokenStore();
  auth = new Auth({ httpUrl: '', platform: Object.assign(platform, { cookies: false }), store });
  const { promise: stored, resolve } = Promise.withResolvers<void>();
  const { save } = store;
  store.save = async (token) => {
    await stored;
    await save(token);
  };
  let isIn = false;
  const login = auth.login({ login: 'maya', password: 'secret' }).then(() => {
    isIn = true;
  });
  await settle();
  expect({ isIn, user: auth.user }).toEqual({ isIn: false, user: undefined });
  resolve();
  await login;
  platform.serve = () => ({ status: 204 });
  await auth.logout();
  expect(saved).toEqual(['refresh-first', undefined]);
});

test('A device is known by its token at the next login, also after a logout', async () => {
  const device = tokenStore();
  const options = { httpUrl: '', platform: Object.assign(platform, { cookies: false }), deviceStore: device.store };
  platform.serve = ({ path }) =>
    path === '/auth/logout' ? { status: 204 } : { body: { ...session('first'), deviceToken: 'this device' } };
  const first = new Auth(options);
  await first.login({ login: 'maya', password: 'secret' });
  await first.logout();
  await new Auth(options).login({ login: 'maya', password: 'secret' });
  const logins = platform.calls.filter(({ path }) => path === '/auth/login').slice(1);
  expect(logins.map(({ body }) => Object(body).deviceToken)).toEqual([undefined, 'this device']);
});

test('A token store that fails keeps nobody from logging in', async () => {
  const fail = () => Promise.reject(new Error('the disk is full'));
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  auth = new Auth({
    httpUrl: '',
    platform: Object.assign(platform, { cookies: false }),
    store: { load: fail, save: fail },
  });
  expect(await auth.login({ login: 'maya', password: 'secret' })).toHaveProperty('ok');
  expect(warn).toHaveBeenCalled();
  warn.mockRestore();
});

test.each([
  ['403 of a proxy', { status: 403, type: 'text/html', body: '<h1>Forbidden</h1>' }],
  ['404 of a proxy', { status: 404, type: 'text/html', body: '<h1>Not found</h1>' }],
  ['407 of a proxy', { status: 407, type: 'text/html', body: '' }],
  ['401 of a proxy', { status: 401, type: 'text/html', body: '<h1>Log in to the network</h1>' }],
  ['403 of a gateway', { status: 403, type: 'application/json', body: { message: 'Forbidden' } }],
  ['200 of a captive portal', { status: 200, type: 'text/html', body: '<h1>Welcome</h1>' }],
  ['200 of a portal with JSON', { status: 200, type: 'application/json', body: {} }],
  ['403 of the server', problem(403, 'forbidden')],
  ['400 of the server', problem(400, 'bad_request')],
])('A refresh that gets a %s leaves the person signed in', async (_, answer) => {
  platform.serve = () => answer;
  await platform.pass(600_000);
  expect(await auth.token()).toMatchObject({ error: { temporary: true } });
  expect(await auth.restore()).toMatchObject({ error: { temporary: true } });
  expect(auth.user).toBeDefined();
  expect(onEnd).not.toHaveBeenCalled();
});

test('A logout that does not reach the server changes nothing', async () => {
  platform.serve = () => problem(503, 'unavailable');
  expect(await auth.logout()).toMatchObject({ error: { code: 'unavailable', temporary: true } });
  expect(auth.user).toBeDefined();
  platform.serve = () => ({ status: 204 });
  expect(await auth.logout()).toEqual({ ok: undefined });
  expect(auth.user).toBeUndefined();
});

test('Nobody is told that their session has ended while they log out', async () => {
  platform.serve = () => {
    auth.end({ code: 'unauthorized', message: 'logged_out', temporary: false });
    return { status: 204 };
  };
  expect(await auth.logout()).toEqual({ ok: undefined });
  expect(onEnd).not.toHaveBeenCalled();
  expect(auth.user).toBeUndefined();
});

test.each([
  [429, 'rate_limited', true],
  [502, 'unavailable', true],
  [404, 'unavailable', true],
  [401, 'unavailable', true],
  [413, 'too_large', false],
])('A response %i without a problem document becomes the failure %s', async (status, code, temporary) => {
  platform.serve = () => ({ status, body: { message: 'from a gateway' }, type: 'application/json' });
  expect(await auth.call({ method: 'GET', path: '/users' })).toMatchObject({ error: { code, temporary } });
});

test('A session that a restore has ended says so, so that nothing is wiped that waits', async () => {
  auth.discard('first');
  platform.serve = () => ({ ...problem(503, 'maintenance'), type: 'application/problem+json' });
  expect(await auth.token()).toMatchObject({ error: { code: 'maintenance', temporary: true } });
  expect(onEnd).not.toHaveBeenCalled();
  platform.serve = () => problem(401, 'unauthorized');
  await auth.token();
  expect(onEnd).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'maintenance', temporary: false }));
});
