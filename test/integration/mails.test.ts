import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expression } from '#adapters/dynamo/expression.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { signAccessToken } from '#adapters/tokens/sign.ts';
import { askingRates, mailboxRates } from '#core/accounts/mail-limits.ts';
import { Session } from '#protocol/accounts.ts';
import { limits } from '#protocol/limits.ts';
import { operations } from '#protocol/operations.ts';
import { isOwnAccount } from '#protocol/own-account.ts';
import { tables } from '#test/helpers/accounts.ts';
import { type Api, startApi } from '#test/helpers/api.ts';
import { movableClock } from '#test/helpers/clock.ts';

let api: Api;
const clock = movableClock();
beforeAll(async () => {
  api = await startApi();
});
afterAll(async () => {
  clock.stop();
  await api.stop();
});

const password = 'a long enough secret';

let people = 0;
async function person(headers: Record<string, string> = {}) {
  const name = `mailed-${++people}`;
  const details = { username: name, email: `${name}@example.org`, password };
  const session = Session.parse((await api.call('POST /auth/register', { body: details, headers })).body);
  return { ...details, id: session.user.id, session, token: session.accessToken };
}
type Registered = Awaited<ReturnType<typeof person>>;

const codeOf = ({ status, body }: { status: unknown; body: { code?: string } | undefined }) => [status, body?.code];
const tokenTo = (address: string, subject: string) => api.mailedToken(address, subject);
const forgot = (email: string, sourceIp?: string) =>
  api.call('POST /auth/password/forgot', { body: { email }, ...(sourceIp && { sourceIp }) });
const reset = (token: string, newPassword = 'another rare phrase') =>
  api.call('POST /auth/password/reset', { body: { token, newPassword } });
const verify = (token: string) => api.call('POST /auth/email/verify', { body: { token } });
const me = async ({ token }: Registered) => (await api.call('GET /users/me', { token })).body;
const logIn = (login: string, secret = password) => api.call('POST /auth/login', { body: { login, password: secret } });
const changeEmail = async ({ token }: Registered, email: string) => {
  await api.call('POST /auth/confirm', { token, body: { password } });
  return api.call('PUT /users/me/email', { token, body: { email } });
};

describe('a forgotten password', () => {
  test('is replaced by the token of a mail, once, and all logins end', async () => {
    const ann = await person();
    const socket = await api.openSocket(ann.token);
    expect((await forgot(ann.email)).status).toBe(202);
    const token = await tokenTo(ann.email, 'Choose a new password');
    expect((await reset(token)).status).toBe(204);
    expect(await socket.nextJson()).toEqual({ events: [{ type: 'bye', reason: 'logged_out', reconnect: false }] });
    await socket.closed;
    expect(codeOf(await reset(token, 'a third rare phrase'))).toEqual([400, 'invalid_token']);
    const { refreshToken } = ann.session;
    expect((await api.call('POST /auth/refresh', { body: { refreshToken } })).status).toBe(401);
    expect((await logIn(ann.email)).status).toBe(401);
    const after = await logIn(ann.email, 'another rare phrase');
    expect(after.body.user).toMatchObject({ emailVerified: true });
    const subjects = (await api.mailsTo(ann.email)).map(({ subject }) => subject);
    // All logins are over, so that every device is a new one.
    expect(subjects).toEqual(expect.arrayContaining(['STORM: Your password was changed', 'STORM: New login']));
    const { body } = await api.call('GET /users/me/activity', { token: after.body.accessToken });
    expect(body.events.map(({ type }: { type: string }) => type)).toEqual(['login', 'password_reset']);
  });

  test('of nobody gets the same answer, and no mail', async () => {
    const [known, unknown] = [await forgot((await person()).email), await forgot('nobody@example.org')];
    expect(unknown).toEqual(known);
    expect(await api.mailsTo('nobody@example.org')).toEqual([]);
  });

  test('must be replaced by one that isn’t weak, and the token stays good for that', async () => {
    const ann = await person();
    await forgot(ann.email);
    const token = await tokenTo(ann.email, 'Choose a new password');
    expect(codeOf(await reset(token, 'password123'))).toEqual([400, 'weak_password']);
    expect((await reset(token)).status).toBe(204);
  });

  test('is replaced by one token only, however many are used at the same time', async () => {
    const ann = await person();
    await forgot(ann.email);
    const token = await tokenTo(ann.email, 'Choose a new password');
    const answers = await Promise.all(Array.from({ length: 5 }, (_, i) => reset(token, `another rare phrase ${i}`)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 400, 400, 400, 400]);
  });

  test('has tokens that are too old after 15 minutes, and none after the password was changed', async () => {
    const ann = await person();
    await forgot(ann.email);
    const token = await tokenTo(ann.email, 'Choose a new password');
    const later = limits.resetTokenSeconds * 1000 + 1_000;
    clock.pass(later);
    expect(codeOf(await reset(token))).toEqual([400, 'invalid_token']);
    clock.pass(-later);
    await api.call('POST /auth/confirm', { token: ann.token, body: { password } });
    const body = { newPassword: 'a rare phrase of hers' };
    expect((await api.call('POST /auth/password', { token: ann.token, body })).status).toBe(204);
    expect(codeOf(await reset(token))).toEqual([400, 'invalid_token']);
  });

  test('has no other tokens: made up, cut off, of another kind', async () => {
    const ann = await person();
    const verification = await tokenTo(ann.email, 'Confirm your e-mail address');
    const ofHers = Buffer.concat([Buffer.from(ann.id.replaceAll('-', ''), 'hex'), Buffer.alloc(32)]);
    for (const token of ['', 'x', 'A'.repeat(64), ofHers.toString('base64url'), verification, verification.slice(1)])
      expect(codeOf(await reset(token))).toEqual([400, 'invalid_token']);
    for (const token of ['', 'A'.repeat(64), ofHers.toString('base64url')])
      expect(codeOf(await verify(token))).toEqual([400, 'invalid_token']);
  });

  test('brings a few mails to one mailbox, whoever asks, and to many only from many networks', async () => {
    const ann = await person();
    const links = async () =>
      (await api.mailsTo(ann.email)).filter(({ subject }) => !subject.includes('was changed')).length;
    for (let i = 0; i < 6; i++) expect((await forgot(ann.email)).status).toBe(202);
    // One of them is the mail that verifies the address.
    expect(await links()).toBe(mailboxRates.links.burst);
    const asked = Array.from({ length: askingRates.network.burst + 2 }, (_, i) => `somebody-${i}@example.org`);
    for (const address of asked) expect((await forgot(address, '203.0.113.9')).status).toBe(202);
    const ben = await person();
    await api.mailsTo(ben.email);
    expect((await forgot(ben.email, '203.0.113.9')).status).toBe(202);
    expect(await tokenTo(ben.email, 'Choose a new password')).toBe('');
    expect((await forgot(ben.email)).status).toBe(202);
    expect(await tokenTo(ben.email, 'Choose a new password')).not.toBe('');
  });
});

describe('an address', () => {
  test('is verified by the token of the mail after the registration, once', async () => {
    const ann = await person();
    expect(await me(ann)).toMatchObject({ emailVerified: false });
    const token = await tokenTo(ann.email, 'Confirm your e-mail address');
    expect((await verify(token)).status).toBe(204);
    expect(await me(ann)).toMatchObject({ emailVerified: true });
    expect(codeOf(await verify(token))).toEqual([400, 'invalid_token']);
    const others = await api.call('GET /users/{id}', { token: (await person()).token, params: { id: ann.id } });
    expect(others.body).not.toHaveProperty('emailVerified');
  });

  test('gets the mail again as often as is good, and not once it is verified', async () => {
    const ann = await person();
    const again = () => api.call('POST /auth/email/verification', { token: ann.token });
    const first = await tokenTo(ann.email, 'Confirm');
    await again();
    const second = await tokenTo(ann.email, 'Confirm');
    expect(second).not.toBe(first);
    for (let i = 1; i < askingRates.account.burst; i++) expect((await again()).status).toBe(202);
    expect(codeOf(await again())).toEqual([429, 'rate_limited']);
    expect(await api.mailsTo(ann.email)).toHaveLength(mailboxRates.links.burst);
    expect((await verify(second)).status).toBe(204);
    expect((await again()).status).toBe(202);
    expect(await api.mailsTo(ann.email)).toHaveLength(mailboxRates.links.burst);
  });

  test('changes when the new one is verified, and both mails reach the former one', async () => {
    const ann = await person();
    await forgot(ann.email);
    const resetting = await tokenTo(ann.email, 'Choose a new password');
    const fresh = `new-${ann.email}`;
    const body = { email: fresh };
    const refused = await api.call('PUT /users/me/email', { token: ann.token, body });
    expect(codeOf(refused)).toEqual([403, 'confirmation_required']);
    expect((await changeEmail(ann, fresh)).status).toBe(202);
    expect(await me(ann)).toMatchObject({ email: ann.email });
    const token = await tokenTo(fresh, 'Confirm your e-mail address');
    expect((await api.mailsTo(ann.email))[0]?.subject).toBe('STORM: Your e-mail address is about to change');
    expect((await verify(token)).status).toBe(204);
    expect(await me(ann)).toMatchObject({ email: fresh, emailVerified: true });
    expect((await api.mailsTo(ann.email))[0]?.subject).toBe('STORM: Your e-mail address was changed');
    expect((await logIn(fresh)).status).toBe(200);
    expect((await logIn(ann.email)).status).toBe(401);
    expect(codeOf(await reset(resetting))).toEqual([400, 'invalid_token']);
    const tokens = expression`pk = ${`user#${ann.id}`} AND begins_with(sk, ${'token#'})`;
    expect((await createTable(api.client, tables.users).query({ where: tokens })).items).toEqual([]);
    const again = { username: `${ann.username}-2`, email: ann.email, password };
    expect((await api.call('POST /auth/register', { body: again })).status).toBe(201);
  });

  test('of another account is never told to be one', async () => {
    const [ann, ben] = [await person(), await person()];
    await api.mailsTo(ben.email);
    const taken = await changeEmail(ann, ben.email);
    const free = await changeEmail(ann, 'free@example.org');
    expect(taken).toEqual(free);
    expect(await api.mailsTo(ben.email)).toHaveLength(1);
  });

  test('that another account gets in between doesn’t change hands', async () => {
    const ann = await person();
    const wanted = `wanted-${ann.email}`;
    await changeEmail(ann, wanted);
    const token = await tokenTo(wanted, 'Confirm your e-mail address');
    const other = { username: `${ann.username}-3`, email: wanted, password };
    expect((await api.call('POST /auth/register', { body: other })).status).toBe(201);
    expect(codeOf(await verify(token))).toEqual([400, 'invalid_token']);
    expect(await me(ann)).toMatchObject({ email: ann.email });
  });

  test('that was asked for before another one is not taken any more', async () => {
    const ann = await person();
    const [first, second] = [`first-${ann.email}`, `second-${ann.email}`];
    await changeEmail(ann, first);
    const token = await tokenTo(first, 'Confirm');
    await changeEmail(ann, second);
    const newer = await tokenTo(second, 'Confirm');
    expect(codeOf(await verify(token))).toEqual([400, 'invalid_token']);
    expect((await verify(newer)).status).toBe(204);
  });

  test('goes with the account, and so do the tokens', async () => {
    const ann = await person();
    const token = await tokenTo(ann.email, 'Confirm');
    await forgot(ann.email);
    const resetting = await tokenTo(ann.email, 'Choose a new password');
    await api.call('POST /auth/confirm', { token: ann.token, body: { password } });
    expect((await api.call('DELETE /users/me', { token: ann.token })).status).toBe(202);
    expect(codeOf(await verify(token))).toEqual([400, 'invalid_token']);
    expect(codeOf(await reset(resetting))).toEqual([400, 'invalid_token']);
  });
});

test('mails are in the language that is set, or in that of the request', async () => {
  const ann = await person({ 'accept-language': 'fr-CH, fr;q=0.9, en;q=0.8' });
  expect((await api.mailsTo(ann.email))[0]?.subject).toBe('STORM: Confirmez votre adresse e-mail');
  await api.call('PATCH /users/me/settings', { token: ann.token, body: { language: 'en' } });
  await forgot(ann.email);
  expect((await api.mailsTo(ann.email))[0]?.subject).toBe('STORM: Choose a new password');
});

test('a login from a device that isn’t known is told by mail, one from a known device is not', async () => {
  const firefox = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0' };
  const ann = await person(firefox);
  const from = (headers: Record<string, string>) =>
    api.call('POST /auth/login', { body: { login: ann.email, password }, headers });
  const told = async () => (await api.mailsTo(ann.email)).filter(({ subject }) => subject.includes('New login'));
  await from(firefox);
  expect(await told()).toEqual([]);
  await from({ 'user-agent': 'curl/8.14.1' });
  expect(await told()).toMatchObject([{ text: expect.stringContaining('curl') }]);
  await from({ 'user-agent': 'curl/8.15.0' });
  expect(await told()).toHaveLength(1);
});

describe('where verified addresses are required, who has none', () => {
  const tokenOf = async ({ id, token }: Registered) =>
    signAccessToken(
      api.signingKey,
      api.origin,
      { userId: id, familyId: api.familyOf(token), unverified: true },
      Date.now(),
    );

  test('manages their account, and does nothing else', async () => {
    const ann = await person();
    const token = await tokenOf(ann);
    for (const route of ['GET /users/me', 'GET /auth/sessions', 'POST /auth/email/verification'])
      expect(Number((await api.call(route, { token })).status)).toBeLessThan(300);
    for (const [route, operation] of Object.entries(operations)) {
      if ('open' in operation || isOwnAccount(route)) continue;
      expect([route, ...codeOf(await api.call(route, { token }))]).toEqual([route, 403, 'forbidden']);
    }
  });

  test('opens no socket', async () => {
    const token = await tokenOf(await person());
    expect((await api.gateway.refusal(undefined, { Authorization: `Bearer ${token}` })).status).toBe(403);
  });
});
