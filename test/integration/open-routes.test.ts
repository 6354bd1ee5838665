import { randomBytes } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeMailToken } from '#core/accounts/mail-token.ts';
import { createRefreshTokens } from '#core/accounts/refresh-token.ts';
import { type Operation, operations } from '#protocol/operations.ts';
import { pepper, tables } from '#test/helpers/accounts.ts';
import { type Api, startApi } from '#test/helpers/api.ts';

/** What somebody without a token may do to the rows of somebody whose ids and names they know: nothing. */
let api: Api;
let victim: { id: string; username: string; email: string; familyId: string; refreshToken: string };
const password = 'a rare phrase';

beforeAll(async () => {
  api = await startApi();
  const names = { username: 'victim', email: 'victim@example.org' };
  const { body } = await api.call('POST /auth/register', { body: { ...names, password } });
  victim = { ...names, id: body.user.id, familyId: api.familyOf(body.accessToken), refreshToken: body.refreshToken };
  await api.openSocket(body.accessToken);
});
afterAll(() => api.stop());

/** All items of all tables that name the victim, by their keys, but for counters of attempts: one item of a fixed size each. */
async function rows(): Promise<Record<string, unknown>> {
  const names = [...Object.values(tables), 'Messages'];
  const found = await Promise.all(
    names.map(async (TableName) => (await api.database.send(new ScanCommand({ TableName }))).Items ?? []),
  );
  const items = found
    .flat()
    .map((item) => unmarshall(item))
    .filter((item) => !String(item['pk']).startsWith('attempts#'))
    .filter((item) => [victim.id, victim.username, victim.email].some((name) => JSON.stringify(item).includes(name)));
  return Object.fromEntries(items.map((item) => [`${item['pk'] ?? item['userId']} ${item['sk'] ?? ''}`, item]));
}

/** Refresh tokens that aren't the server's: with a seal of another key, with a changed secret, cut off, and nonsense. */
function forged(): string[] {
  const ids = { userId: victim.id, familyId: victim.familyId };
  const made = createRefreshTokens(randomBytes(32).toString('base64url')).encode({ ...ids, secret: randomBytes(32) });
  const own = Buffer.from(createRefreshTokens(pepper).encode({ ...ids, secret: randomBytes(32) }), 'base64url');
  own[40] = (own[40] ?? 0) ^ 1;
  return [made, own.toString('base64url'), victim.refreshToken.slice(0, -1), 'nonsense'];
}

/** Tokens of mails that were never sent. */
const forgedMailTokens = () => [encodeMailToken({ userId: victim.id, secret: randomBytes(32) }), 'nonsense'];

const attempts: Record<string, () => Promise<unknown>[]> = {
  'POST /auth/register': () => [
    api.call('POST /auth/register', { body: { username: victim.username, email: 'a@example.org', password } }),
    api.call('POST /auth/register', { body: { username: 'somebody', email: victim.email, password } }),
  ],
  'POST /auth/login': () =>
    [victim.username, victim.email].map((login) =>
      api.call('POST /auth/login', { body: { login, password: 'another phrase' } }),
    ),
  'POST /auth/refresh': () =>
    forged().flatMap((refreshToken) => [
      api.call('POST /auth/refresh', { body: { refreshToken } }),
      api.call('POST /auth/refresh', {
        headers: { origin: api.origin },
        cookies: [`__Host-storm-refresh=${refreshToken}`],
      }),
    ]),
  'POST /auth/logout': () =>
    forged().flatMap((refreshToken) => [
      api.call('POST /auth/logout', { body: { refreshToken } }),
      api.call('POST /auth/logout', {
        headers: { origin: api.origin },
        cookies: [`__Host-storm-refresh=${refreshToken}`],
      }),
    ]),
  // The mail itself is written by a function of its own, which gives a mailbox three links an hour (`mails`).
  'POST /auth/password/forgot': () => [api.call('POST /auth/password/forgot', { body: { email: victim.email } })],
  'POST /auth/password/reset': () =>
    forgedMailTokens().map((token) =>
      api.call('POST /auth/password/reset', { body: { token, newPassword: 'yet another phrase' } }),
    ),
  'POST /auth/email/verify': () =>
    forgedMailTokens().map((token) => api.call('POST /auth/email/verify', { body: { token } })),
  'GET /.well-known/jwks.json': () => [api.call('GET /.well-known/jwks.json')],
  'GET /health': () => [api.call('GET /health')],
};

const openRoutes = Object.entries<Operation>(operations).flatMap(([route, { open }]) => (open ? route : []));

test.each(openRoutes)(
  '%s changes no row of somebody whom its caller names, however often it is called',
  async (route) => {
    const tried = attempts[route];
    if (!tried) throw new Error(`${route} is open to all: say here how a stranger would try it on somebody`);
    const before = await rows();
    expect(Object.keys(before)).toHaveLength(5);
    for (let i = 0; i < 3; i++) await Promise.all(tried());
    expect(await rows()).toEqual(before);
  },
);

test('a socket that is refused leaves nothing', async () => {
  const before = await rows();
  for (const token of ['nonsense', victim.refreshToken, forged()[0] ?? ''])
    expect((await api.gateway.refusal(undefined, { Authorization: `Bearer ${token}` })).status).toBe(401);
  expect(await rows()).toEqual(before);
});

test('the counters of attempts at somebody don’t grow with their number', async () => {
  const counters = async () => {
    const { Items = [] } = await api.database.send(new ScanCommand({ TableName: tables.users }));
    return Items.map((item) => unmarshall(item)).filter((item) => String(item['pk']).startsWith(`attempts#account#`));
  };
  const before = await counters();
  for (let i = 0; i < 15; i++)
    await api.call('POST /auth/login', { body: { login: victim.username, password: `phrase ${i}` } });
  const after = await counters();
  expect(after.length).toBe(before.length);
  expect(JSON.stringify(after).length).toBeLessThan(JSON.stringify(before).length + 10);
});
