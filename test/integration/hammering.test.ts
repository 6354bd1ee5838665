import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rates } from '#lib/rates.ts';
import { limits } from '#protocol/limits.ts';
import { type Api, startApi } from '#test/helpers/api.ts';

const few = (burst: number) => ({ perSecond: 0.001, burst });

let api: Api;
beforeAll(async () => {
  api = await startApi({
    ...rates.dev,
    frames: few(10),
    refusedFrames: few(15),
    requests: few(12),
    openRequests: few(20),
    registrations: few(2),
    refreshes: few(3),
    connects: few(4),
  });
});
afterAll(() => api.stop());

const typing = (id: string) => ({ action: 'typing', id, conversationId: v7(), typing: true });
const ids = (count: number) => Array.from({ length: count }, (_, i) => String(i));
const newPerson = (name: string) => ({
  username: `${name}-${v7().slice(-12)}`,
  email: `${v7()}@example.org`,
  password: 'a long enough secret',
});

describe('who sends too many frames', () => {
  test('is told so for each of them by its id; going on closes the socket and pauses the person, and nobody else', async () => {
    const [ann, ben] = [await api.register('ann'), await api.register('ben')];
    const [flooding, talking] = [await ann.open(), await ben.open()];
    const replies = await Promise.all(ids(25).map((id) => flooding.ask(typing(id))));
    expect(replies.map(({ re }) => re)).toEqual(ids(25));
    const refused = replies.filter(({ error }) => error?.code === 'rate_limited');
    expect(refused).toHaveLength(15);
    for (const { error } of refused) expect(error?.retryAfterMs).toBeGreaterThan(0);
    expect(flooding.events).toEqual([]);

    flooding.socket.send(typing('one too many'));
    await flooding.socket.closed;
    const bye = { type: 'bye', reason: 'rate_limited', reconnect: true, retryAfterMs: limits.refusedSeconds * 1_000 };
    expect(flooding.events).toEqual([bye]);
    const protocols = { 'Sec-WebSocket-Protocol': `storm.v1, bearer.${ann.token}` };
    expect(await api.gateway.refusal(undefined, protocols)).toMatchObject({ status: 429 });

    expect((await talking.ask(typing('hello'))).error?.code).toBe('not_found');
    await api.sessions.refuse(ann.id, Date.now());
    await ann.open();
  });
});

describe('who opens sockets again and again', () => {
  test('is refused', async () => {
    const cara = await api.register('cara');
    for (let i = 0; i < 4; i++) (await cara.open()).socket.webSocket.close();
    const protocols = { 'Sec-WebSocket-Protocol': `storm.v1, bearer.${cara.token}` };
    expect(await api.gateway.refusal(undefined, protocols)).toMatchObject({ status: 429 });
    await (await api.register('dora')).open();
  });
});

describe('HTTP requests', () => {
  test('are limited by person, before their input is read; dear ones take more', async () => {
    const [ann, ben] = [await api.register('ann'), await api.register('ben')];
    expect((await ann.call('GET /users', { query: { username: 'a' } })).status).toBe(200);
    const answer = await ann.call('GET /users', { query: { username: 'a' } });
    expect(answer).toMatchObject({ status: 429, body: { code: 'rate_limited', temporary: true } });
    expect(Number(answer.headers['retry-after'])).toBe(Math.ceil(answer.body.retryAfterMs / 1_000));
    for (let i = 0; i < 2; i++) expect((await ann.call('GET /users/me')).status).toBe(200);
    expect((await ann.call('GET /users/me')).status).toBe(429);
    expect((await ben.call('GET /users/me')).status).toBe(200);
  });

  test('without a token are limited by network, of which an IPv6 /64 is one', async () => {
    const logOut = (sourceIp: string) => api.call('POST /auth/logout', { body: {}, sourceIp });
    for (let i = 0; i < 20; i++) expect((await logOut(`2001:db8:1:1::${i}`)).status).toBe(204);
    expect(await logOut('2001:db8:1:1:ffff::1')).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect((await logOut('2001:db8:1:2::1')).status).toBe(204);
  });
});

describe('accounts', () => {
  test('are created by one network at a rate, successes included', async () => {
    const register = (sourceIp: string) => api.call('POST /auth/register', { body: newPerson('new'), sourceIp });
    for (let i = 0; i < 2; i++) expect((await register('2001:db8:2:1::1')).status).toBe(201);
    const answer = await register('2001:db8:2:1::2');
    expect(answer).toMatchObject({ status: 429, body: { code: 'too_many_attempts' } });
    expect(answer.body.retryAfterMs).toBeGreaterThan(0);
    expect((await register('192.0.2.1')).status).toBe(201);
  });

  test('have no name that seems to speak for the service', async () => {
    const register = (username: string) => api.call('POST /auth/register', { body: { ...newPerson('x'), username } });
    expect(await register('a.d.m.i.n')).toMatchObject({ status: 409, body: { code: 'username_taken' } });
    expect(await register('_._')).toMatchObject({ status: 400, body: { code: 'bad_request' } });
  });

  test('refresh at a rate', async () => {
    const { body } = await api.call('POST /auth/register', { body: newPerson('fred') });
    const refresh = () => api.call('POST /auth/refresh', { body: { refreshToken: body.refreshToken } });
    for (let i = 0; i < 3; i++) expect((await refresh()).status).toBe(200);
    expect(await refresh()).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  });
});
