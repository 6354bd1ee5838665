import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attemptRates } from '#core/accounts/attempts.ts';
import { Session } from '#protocol/accounts.ts';
import { tables } from '#test/helpers/accounts.ts';
import { type Api, startApi } from '#test/helpers/api.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const password = 'a long enough secret';
const firefox = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0' };

let people = 0;
/** A user who registered by the API, so with a password that is hashed, and a way to log in again. */
async function person() {
  const details = { username: `credential-${++people}`, email: `credential-${people}@example.org`, password };
  const { body } = await api.call('POST /auth/register', { body: details, headers: firefox });
  const logIn = async (secret = password) =>
    Session.parse((await api.call('POST /auth/login', { body: { login: details.username, password: secret } })).body);
  return { ...details, session: Session.parse(body), logIn };
}

const codeOf = ({ status, body }: { status: unknown; body: { code?: string } | undefined }) => [status, body?.code];
const confirm = (token: string, secret = password) =>
  api.call('POST /auth/confirm', { token, body: { password: secret } });
const refresh = ({ refreshToken }: Session) => api.call('POST /auth/refresh', { body: { refreshToken } });

describe('a confirmation', () => {
  test('is needed to erase, to export and to change the password, also right after the login', async () => {
    const { session } = await person();
    const token = session.accessToken;
    const body = { newPassword: 'another rare phrase' };
    for (const refused of [
      await api.call('DELETE /users/me', { token }),
      await api.call('GET /users/me/export', { token }),
      await api.call('POST /auth/password', { token, body }),
    ])
      expect(codeOf(refused)).toEqual([403, 'confirmation_required']);
    expect((await confirm(token)).status).toBe(204);
    expect((await api.call('GET /users/me/export', { token })).status).toBe(200);
    expect((await api.call('POST /auth/password', { token, body })).status).toBe(204);
    expect((await api.call('DELETE /users/me', { token })).status).toBe(202);
  });

  test('counts for its login only', async () => {
    const { session, logIn } = await person();
    const other = await logIn();
    await confirm(session.accessToken);
    const refused = await api.call('GET /users/me/export', { token: other.accessToken });
    expect(codeOf(refused)).toEqual([403, 'confirmation_required']);
  });

  test('is not given for a wrong password, whose guesses are counted for this login alone', async () => {
    const { session, logIn } = await person();
    const guess = () => confirm(session.accessToken, 'a guess');
    for (let i = 0; i < attemptRates.confirmations.burst; i++)
      expect(codeOf(await guess())).toEqual([401, 'bad_credentials']);
    expect(codeOf(await guess())).toEqual([429, 'too_many_attempts']);
    expect(codeOf(await confirm(session.accessToken))).toEqual([429, 'too_many_attempts']);
    expect((await confirm((await logIn()).accessToken)).status).toBe(204);
  });

  test('is not given to a login that is over, while its access token lasts', async () => {
    const { session, logIn } = await person();
    const other = await logIn();
    await confirm(other.accessToken);
    await api.call('POST /auth/logout', { body: { refreshToken: other.refreshToken } });
    const token = other.accessToken;
    expect(codeOf(await confirm(token))).toEqual([401, 'unauthorized']);
    expect(codeOf(await api.call('DELETE /users/me', { token }))).toEqual([401, 'unauthorized']);
    expect(codeOf(await api.call('GET /auth/sessions', { token }))).toEqual([401, 'unauthorized']);
    expect(codeOf(await api.call('DELETE /auth/sessions', { token }))).toEqual([401, 'unauthorized']);
    const id = api.familyOf(session.accessToken);
    expect(codeOf(await api.call('DELETE /auth/sessions/{id}', { token, params: { id } }))).toEqual([
      401,
      'unauthorized',
    ]);
  });
});

describe('a changed password', () => {
  test('ends all other logins and their sockets, and this login goes on', async () => {
    const { session, username, logIn } = await person();
    const other = await logIn();
    const [kept, ended] = [await api.openSocket(session.accessToken), await api.openSocket(other.accessToken)];
    await confirm(session.accessToken);
    const body = { newPassword: 'another rare phrase' };
    expect((await api.call('POST /auth/password', { token: session.accessToken, body })).status).toBe(204);
    expect(await ended.nextJson()).toEqual({ events: [{ type: 'bye', reason: 'logged_out', reconnect: false }] });
    await ended.closed;
    expect(kept.webSocket.readyState).toBe(kept.webSocket.OPEN);
    expect(codeOf(await refresh(other))).toEqual([401, 'token_reused']);
    expect((await refresh(session)).status).toBe(200);
    const old = await api.call('POST /auth/login', { body: { login: username, password } });
    expect(codeOf(old)).toEqual([401, 'bad_credentials']);
    await logIn('another rare phrase');
  });

  test('must not be weak', async () => {
    const { session, username } = await person();
    await confirm(session.accessToken);
    for (const newPassword of ['password123', username, `${username}@example.org`]) {
      const refused = await api.call('POST /auth/password', { token: session.accessToken, body: { newPassword } });
      expect(codeOf(refused)).toEqual([400, 'weak_password']);
    }
  });
});

describe('logins', () => {
  test('are listed with their devices, the last used first', async () => {
    const { session, logIn } = await person();
    const other = await logIn();
    await refresh(session);
    const { body } = await api.call('GET /auth/sessions', { token: session.accessToken });
    const time = expect.stringMatching(/Z$/);
    expect(body).toEqual({
      sessions: [
        {
          id: api.familyOf(session.accessToken),
          device: 'Firefox on Linux',
          createdAt: time,
          lastUsedAt: time,
          current: true,
        },
        {
          id: api.familyOf(other.accessToken),
          device: 'Unknown device',
          createdAt: time,
          lastUsedAt: time,
          current: false,
        },
      ],
    });
    expect(body.sessions[0].lastUsedAt > body.sessions[0].createdAt).toBe(true);
  });

  test('are ended one by one, or all but the one that asks', async () => {
    const { session, logIn } = await person();
    const token = session.accessToken;
    const [one, two, three] = [await logIn(), await logIn(), await logIn()];
    const id = api.familyOf(one.accessToken);
    const socket = await api.openSocket(one.accessToken);
    const end = () => api.call('DELETE /auth/sessions/{id}', { token, params: { id } });
    expect((await end()).status).toBe(204);
    await socket.closed;
    expect(codeOf(await end())).toEqual([404, 'not_found']);
    expect(codeOf(await refresh(one))).toEqual([401, 'token_reused']);
    expect((await api.call('DELETE /auth/sessions', { token })).status).toBe(204);
    for (const ended of [two, three]) expect(codeOf(await refresh(ended))).toEqual([401, 'token_reused']);
    const { body } = await api.call('GET /auth/sessions', { token });
    expect(body.sessions).toMatchObject([{ current: true }]);
    expect((await refresh(session)).status).toBe(200);
  });

  test('of others are not there', async () => {
    const [ann, ben] = [await person(), await person()];
    const params = { id: api.familyOf(ben.session.accessToken) };
    const refused = await api.call('DELETE /auth/sessions/{id}', { token: ann.session.accessToken, params });
    expect(codeOf(refused)).toEqual([404, 'not_found']);
    expect((await refresh(ben.session)).status).toBe(200);
  });
});

test('recent activity has what happened to the account, newest first, and goes with it', async () => {
  const { session, logIn } = await person();
  const other = await logIn();
  const token = session.accessToken;
  await api.call('DELETE /auth/sessions/{id}', { token, params: { id: api.familyOf(other.accessToken) } });
  await confirm(token);
  await api.call('POST /auth/password', { token, body: { newPassword: 'another rare phrase' }, headers: firefox });
  const { body } = await api.call('GET /users/me/activity', { token });
  const at = expect.stringMatching(/Z$/);
  expect(body.events).toEqual([
    { type: 'password_changed', device: 'Firefox on Linux', at },
    { type: 'session_ended', device: 'Unknown device', at },
    { type: 'login', device: 'Unknown device', at },
  ]);
  await api.call('DELETE /users/me', { token });
  const { Items = [] } = await api.database.send(
    new QueryCommand({
      TableName: tables.users,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: `user#${session.user.id}` } },
    }),
  );
  expect(Items.map(({ sk }) => sk?.S)).toEqual(['erased']);
});
