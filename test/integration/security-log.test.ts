import type { APIGatewayRequestAuthorizerEvent, Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attemptRates } from '#core/accounts/attempts.ts';
import { Session } from '#protocol/accounts.ts';
import { type Api, startApi } from '#test/helpers/api.ts';
import { readSecurityLog } from '#test/helpers/security-log.ts';

let api: Api;
let log: ReturnType<typeof readSecurityLog>;
beforeAll(async () => {
  api = await startApi();
  log = readSecurityLog();
});
afterAll(async () => {
  log.stop();
  await api.stop();
});

const password = 'a secret that is in no log';
const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0' };
const from = { network: '198.51.100.9', device: 'Firefox on Linux' };
const sourceIp = from.network;

let people = 0;
async function person() {
  const details = { username: `logged-${++people}`, email: `logged-${people}@example.org`, password };
  const { body } = await api.call('POST /auth/register', { body: details, headers, sourceIp });
  const session = Session.parse(body);
  const logIn = (secret = password, name = details.username) =>
    api.call('POST /auth/login', { body: { login: name, password: secret }, headers, sourceIp });
  const whose = { userId: session.user.id, familyId: api.familyOf(session.accessToken) };
  return { ...details, session, token: session.accessToken, logIn, whose };
}

test('the log has who logs in and fails to, with the user, the login, the network and the device', async () => {
  const { logIn, whose } = await person();
  const { userId } = whose;
  expect(log.take()).toEqual([{ event: 'registered', outcome: 'success', ...whose, ...from }]);
  await logIn();
  const familyId = expect.any(String);
  expect(log.take()).toEqual([{ event: 'login', outcome: 'success', userId, familyId, ...from }]);
  for (let i = 0; i < attemptRates.name_at_network.burst + 1; i++) await logIn('a wrong one');
  const failures = log.take();
  expect(failures.at(0)).toEqual({ event: 'login_failed', outcome: 'failure', userId, ...from });
  const refused = { event: 'login_refused', outcome: 'refused', reason: 'name_at_network', userId, ...from };
  expect(failures.at(-1)).toEqual(refused);
  await logIn('a wrong one', 'nobody-at-all');
  expect(log.take()).toEqual([{ event: 'login_failed', outcome: 'failure', ...from }]);
});

test('the log has how logins end, and a token that comes back once', async () => {
  const { session, whose, logIn } = await person();
  log.take();
  const refresh = (refreshToken = '') => api.call('POST /auth/refresh', { body: { refreshToken }, headers, sourceIp });
  const { body: second } = await refresh(session.refreshToken);
  await refresh(second.refreshToken);
  expect(log.take()).toEqual([]);
  for (let i = 0; i < 3; i++) await refresh(session.refreshToken);
  expect(log.take()).toEqual([{ event: 'token_reused', outcome: 'refused', ...whose, ...from }]);

  const [one, other] = [Session.parse((await logIn()).body), Session.parse((await logIn()).body)];
  log.take();
  const id = api.familyOf(one.accessToken);
  await api.call('DELETE /auth/sessions/{id}', { token: other.accessToken, params: { id }, headers });
  expect(log.take()).toMatchObject([{ event: 'session_ended', userId: whose.userId, familyId: id }]);
  await api.call('POST /auth/logout', { body: { refreshToken: other.refreshToken } });
  expect(log.take()).toMatchObject([{ event: 'logged_out', familyId: api.familyOf(other.accessToken) }]);
});

test('the log has refusals: of routes, of frames, and of sockets', async () => {
  const { token, whose } = await person();
  const stranger = await person();
  log.take();
  const params = { id: stranger.session.user.id };
  await api.call('PUT /users/{id}', { token, params, body: { bio: 'mine' } });
  expect(log.take()).toEqual([{ event: 'forbidden', outcome: 'refused', ...whose, operation: 'PUT /users/{id}' }]);

  expect((await api.gateway.refusal(undefined, { Authorization: 'Bearer nonsense' })).status).toBe(401);
  // The local gateway refuses foreign pages itself.
  const { handler: authorizer } = await import('#lambdas/authorizer/handler.ts');
  const foreign = {
    headers: { ...headers, Authorization: `Bearer ${token}`, Origin: 'https://evil.example' },
    methodArn: 'arn',
    requestContext: { identity: { sourceIp } },
  };
  await authorizer(foreign as unknown as APIGatewayRequestAuthorizerEvent, { awsRequestId: 'test' } as Context);
  expect(log.take()).toMatchObject([
    { event: 'connection_refused', reason: 'unauthorized', network: '127.0.0.1' },
    { event: 'connection_refused', reason: 'forbidden', ...from },
  ]);
  const { refreshToken } = stranger.session;
  await api.call('POST /auth/logout', { body: { refreshToken } });
  log.take();
  await api.gateway.refusal(undefined, { Authorization: `Bearer ${stranger.token}` });
  expect(log.take()).toMatchObject([{ event: 'connection_refused', reason: 'refused', ...stranger.whose }]);

  const [ann, ben] = [await api.register('ann'), await api.register('ben')];
  const { body: direct } = await ann.call('POST /conversations', { body: { type: 'direct', memberIds: [ben.id] } });
  await ben.call('PUT /users/me/blocks/{id}', { params: { id: ann.id } });
  const device = await ann.open();
  log.take();
  await device.ask({ action: 'message', conversationId: direct.id, text: 'a text that is in no log', after: 0 });
  expect(log.take()).toEqual([
    {
      event: 'forbidden',
      outcome: 'refused',
      connectionId: expect.any(String),
      userId: ann.id,
      familyId: api.familyOf(ann.token),
      operation: 'message',
    },
  ]);
});

test('the log has changes of credentials, exports and erasures', async () => {
  const { token, whose } = await person();
  log.take();
  await api.call('POST /auth/confirm', { token, body: { password: 'a wrong one' } });
  await api.call('POST /auth/confirm', { token, body: { password } });
  await api.call('POST /auth/password', { token, body: { newPassword: 'another rare phrase' } });
  await api.call('GET /users/me/export', { token });
  await api.call('DELETE /users/me', { token });
  const events = log.take();
  expect(events.map(({ event }) => event)).toEqual([
    'confirmation_failed',
    'confirmed',
    'password_changed',
    'exported',
    'erased',
  ]);
  for (const event of events) expect(event).toMatchObject(whose);
});

test('no line has a password, a token, an address, or what somebody typed', async () => {
  const { session, email, logIn } = await person();
  await logIn(password, email);
  await logIn(password, 'typed-in-the-wrong-field');
  await logIn('another-guess', email);
  await api.call('POST /auth/refresh', { body: { refreshToken: session.refreshToken } });
  const text = log.lines.splice(0).join('');
  expect(text.split('\n').length).toBeGreaterThan(4);
  const secrets = [password, email, 'example.org', 'typed-in-the-wrong-field', 'another-guess'];
  for (const secret of [...secrets, session.accessToken, session.refreshToken, session.deviceToken])
    expect(text).not.toContain(secret);
});
