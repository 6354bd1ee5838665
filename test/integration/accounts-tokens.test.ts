import { afterAll, beforeAll, expect, test } from 'vitest';
import { expression } from '#adapters/dynamo/expression.ts';
import { logout, refresh } from '#core/accounts/refresh.ts';
import { createRefreshTokens } from '#core/accounts/refresh-token.ts';
import { register } from '#core/accounts/register.ts';
import { type Grant, startSession } from '#core/accounts/session.ts';
import type { Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import { accountsWorld, startAccountTables } from '#test/helpers/accounts.ts';

let tables: Awaited<ReturnType<typeof startAccountTables>>;
beforeAll(async () => {
  tables = await startAccountTables();
});
afterAll(() => tables.stop());

const source = { network: '192.0.2.1', device: 'a test' };
let people = 0;

async function loggedIn() {
  const setting = accountsWorld(tables);
  const username = `person-${++people}`;
  const details = { username, email: `${username}@example.org`, password: 'a rare phrase' };
  const { session } = granted(await register(setting.world, details, source));
  return { ...setting, first: session.refreshToken, user: session.user };
}

function granted(result: Result<Grant>): Grant {
  if ('error' in result) throw new Error(result.error.code);
  return result.ok;
}
const codeOf = (result: Result<unknown>) => ('error' in result ? result.error.code : 'ok');
const tokenOf = (result: Result<Grant>) => granted(result).session.refreshToken;

test('every use of a refresh token gives a new one', async () => {
  const { world, first, user } = await loggedIn();
  const second = granted(await refresh(world, first, source)).session;
  expect(second.user).toEqual(user);
  expect(second.refreshToken).not.toBe(first);
  const third = tokenOf(await refresh(world, second.refreshToken, source));
  expect(new Set([first, second.refreshToken, third]).size).toBe(3);
});

test('a refresh token that comes back revokes its family and closes its sockets', async () => {
  const { world, closed, first } = await loggedIn();
  const second = tokenOf(await refresh(world, first, source));
  const third = tokenOf(await refresh(world, second, source));
  expect(codeOf(await refresh(world, first, source))).toBe('token_reused');
  expect(closed).toHaveLength(1);
  expect(codeOf(await refresh(world, third, source))).toBe('token_reused');
});

test('a refresh whose answer was lost can be repeated: it gives the same successor until that is used', async () => {
  const { world, first, closed } = await loggedIn();
  const second = tokenOf(await refresh(world, first, source));
  const repeated = await Promise.all(Array.from({ length: 8 }, () => refresh(world, first, source)));
  expect(repeated.map(tokenOf)).toEqual(Array(8).fill(second));
  expect(closed).toEqual([]);
  const third = tokenOf(await refresh(world, second, source));
  expect(tokenOf(await refresh(world, second, source))).toBe(third);
});

test('uses of one refresh token at the same time all give the same successor', async () => {
  const { world, first, closed } = await loggedIn();
  const results = await Promise.all(Array.from({ length: 8 }, () => refresh(world, first, source)));
  expect(new Set(results.map(tokenOf)).size).toBe(1);
  expect(closed).toEqual([]);
});

test('the other families of a user live on when one is revoked', async () => {
  const { world, first, user } = await loggedIn();
  const familyId = world.newId();
  await world.families.revoke(user.id, familyId);
  expect(codeOf(await refresh(world, first, source))).toBe('ok');
});

test('a logout ends the family of any of its tokens and closes its sockets', async () => {
  for (const presented of ['newest', 'spent']) {
    const { world, closed, first } = await loggedIn();
    const second = tokenOf(await refresh(world, first, source));
    await logout(world, presented === 'newest' ? second : first, source);
    expect(closed).toHaveLength(1);
    expect(codeOf(await refresh(world, second, source))).toBe('token_reused');
  }
});

test('a family ends 30 days after its login, however often it was refreshed, and though its row is still there', async () => {
  const { world, clock, first } = await loggedIn();
  const end = clock.now + limits.refreshTokenSeconds * 1000;
  let newest = first;
  for (clock.now += 10 * 86_400_000; clock.now < end; clock.now += 10 * 86_400_000 - 60_000) {
    const refreshed = granted(await refresh(world, newest, source));
    expect(refreshed.refreshExpiresAt).toBeLessThan(end + 1_000);
    newest = refreshed.session.refreshToken;
  }
  clock.now = end;
  expect(codeOf(await refresh(world, newest, source))).toBe('unauthorized');
});

test('a login that is not used for 14 days is over', async () => {
  const { world, clock, first, user } = await loggedIn();
  clock.now += limits.refreshIdleSeconds * 1000 - 60_000;
  const second = granted(await refresh(world, first, source));
  expect(Math.abs(second.refreshExpiresAt - clock.now - limits.refreshIdleSeconds * 1000)).toBeLessThan(1_000);
  expect(await world.families.liveOf(user.id, clock.now)).toHaveLength(1);
  clock.now += limits.refreshIdleSeconds * 1000;
  expect(codeOf(await refresh(world, second.session.refreshToken, source))).toBe('unauthorized');
  expect(await world.families.liveOf(user.id, clock.now)).toEqual([]);
});

test('of more than 50 logins the one ends that was not used for the longest time, and its sockets close', async () => {
  const { world, clock, closed, first, user } = await loggedIn();
  const account = await world.users.get(user.id);
  if (!account) throw new Error('no account');
  clock.now += 1_000;
  const second = await startSession(world, account, 'a test');
  clock.now += 1_000;
  await refresh(world, first, source);
  for (let i = 0; i < limits.logins - 2; i++) await startSession(world, account, 'a test');
  expect(closed).toEqual([]);
  await startSession(world, account, 'a test');
  expect(closed).toEqual([second.familyId]);
  expect(await world.families.liveOf(user.id, clock.now)).toHaveLength(limits.logins);
});

test('a made-up token changes nothing, neither at refresh nor at logout', async () => {
  const { world, first, closed, user } = await loggedIn();
  const before = await tables.connections.get({ userId: user.id });
  const forger = createRefreshTokens(Buffer.alloc(32, 1).toString('base64url'));
  for (let i = 0; i < 3; i++) {
    const token = forger.encode({ userId: user.id, familyId: world.newId(), secret: world.newSecret() });
    await logout(world, token, source);
    expect(codeOf(await refresh(world, token, source))).toBe('unauthorized');
  }
  expect(await tables.connections.get({ userId: user.id })).toEqual(before);
  expect(closed).toEqual([]);
  expect(codeOf(await refresh(world, first, source))).toBe('ok');
});

test('a token that was never given out is unauthorized and revokes nothing', async () => {
  const { world, first, closed, user } = await loggedIn();
  const stranger = { userId: user.id, familyId: world.newId(), secret: world.newSecret() };
  for (const token of [undefined, '', 'nonsense', (await world.refreshTokens()).encode(stranger)]) {
    expect(codeOf(await refresh(world, token, source))).toBe('unauthorized');
  }
  expect(closed).toEqual([]);
  expect(codeOf(await refresh(world, first, source))).toBe('ok');
});

test('the table has no refresh token, only its hash', async () => {
  const { world, first, user } = await loggedIn();
  await refresh(world, first, source);
  const { items } = await tables.users.query({ where: expression`pk = ${`user#${user.id}`}` });
  const secret = Buffer.from(first, 'base64url').subarray(32, 64);
  const text = JSON.stringify(items);
  expect(items.some(({ tokenHash }) => tokenHash)).toBe(true);
  for (const encoding of ['base64', 'base64url', 'hex'] as const) expect(text).not.toContain(secret.toString(encoding));
});
