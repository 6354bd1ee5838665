import { afterAll, beforeAll, expect, test } from 'vitest';
import { login } from '#core/accounts/login.ts';
import type { World } from '#core/accounts/ports.ts';
import { findUsers, getUser, me, updateUser } from '#core/accounts/profiles.ts';
import { register } from '#core/accounts/register.ts';
import type { Grant } from '#core/accounts/session.ts';
import type { Result } from '#protocol/failures.ts';
import { accountsWorld, startAccountTables } from '#test/helpers/accounts.ts';

let tables: Awaited<ReturnType<typeof startAccountTables>>;
beforeAll(async () => {
  tables = await startAccountTables();
});
afterAll(() => tables.stop());

let people = 0;
const newPerson = (names: { username?: string; email?: string } = {}) => {
  const username = `person-${++people}`;
  return { username, email: `${username}@example.org`, password: 'a rare phrase', ...names };
};

const newSource = () => ({ network: `192.0.2.${++people}`, device: 'a test' });
const codeOf = (result: Result<unknown>) => ('error' in result ? result.error.code : 'ok');
function granted(result: Result<Grant>): Grant {
  if ('error' in result) throw new Error(result.error.code);
  return result.ok;
}
const codesOf = (results: Result<unknown>[]) => results.map(codeOf).sort();

test('a new account can be logged in to by username and by e-mail, and may connect', async () => {
  const { world, connect, clock } = accountsWorld(tables);
  const person = newPerson();
  const { session } = granted(await register(world, { ...person, displayName: 'Ann' }, newSource()));
  expect(session.user).toMatchObject({ username: person.username, displayName: 'Ann', email: person.email, bio: '' });
  for (const name of [person.username, person.email]) {
    const again = granted(await login(world, { login: name, password: person.password }, newSource()));
    expect(again.session.user).toEqual(session.user);
  }
  const connection = { userId: session.user.id, connectionId: 'a', familyId: world.newId() };
  expect(await connect(connection, clock.now)).toBe('connected');
});

test('of registrations at the same time for one username exactly one wins', async () => {
  const { world } = accountsWorld(tables);
  const { username } = newPerson();
  const results = await Promise.all(
    Array.from({ length: 8 }, () => register(world, { ...newPerson(), username }, newSource())),
  );
  expect(codesOf(results)).toEqual(['ok', ...Array(7).fill('username_taken')]);
});

test('of registrations at the same time for one e-mail exactly one wins, and the others leave nothing behind', async () => {
  const { world } = accountsWorld(tables);
  const { email } = newPerson();
  const people = Array.from({ length: 8 }, () => newPerson({ email }));
  const results = await Promise.all(people.map((person) => register(world, person, newSource())));
  expect(codesOf(results)).toEqual(['ok', ...Array(7).fill('registration_failed')]);
  const owners = await Promise.all(people.map(({ username }) => world.users.idOfUsername(username)));
  expect(owners.filter(Boolean)).toEqual([await world.users.idOfEmail(email)]);
});

test('a weak password makes no account', async () => {
  const { world, recorded } = accountsWorld(tables);
  const source = newSource();
  const person = newPerson();
  for (const password of ['Password1', person.username, person.email, 'St0rm2026!']) {
    expect(codeOf(await register(world, { ...person, password }, source))).toBe('weak_password');
  }
  expect(recorded).toEqual([]);
});

test('an unknown login and a wrong password get the same answer', async () => {
  const { world } = accountsWorld(tables);
  const person = newPerson();
  await register(world, person, newSource());
  const wrong = await login(world, { login: person.username, password: 'not this one' }, newSource());
  const unknown = await login(world, { login: 'nobody', password: 'not this one' }, newSource());
  const unknownEmail = await login(world, { login: 'nobody@example.org', password: 'not this one' }, newSource());
  expect(codeOf(wrong)).toBe('bad_credentials');
  expect(unknown).toEqual(wrong);
  expect(unknownEmail).toEqual(wrong);
});

test('a profile is changed by its owner only, and what is not named stays', async () => {
  const { world, avatars } = accountsWorld(tables);
  const [ann, ben] = [granted(await register(world, newPerson(), newSource())), world.newId()];
  const { id } = ann.session.user;
  expect(codeOf(await updateUser(world.users, avatars, ben, id, { bio: 'mine' }))).toBe('forbidden');
  await Promise.all([
    updateUser(world.users, avatars, id, id, { bio: 'sails' }),
    updateUser(world.users, avatars, id, id, { displayName: 'Ann' }),
  ]);
  const changed = { ...ann.session.user, bio: 'sails', displayName: 'Ann' };
  expect(await updateUser(world.users, avatars, id, id, {})).toEqual({ ok: changed });
  expect(await me(world.users, id)).toEqual({ ok: changed });
  const { email: _, emailVerified: __, ...seenByOthers } = changed;
  expect(await getUser(world.users, id)).toEqual({ ok: seenByOthers });
});

test('a profile that is not there is neither found nor made', async () => {
  const { world, avatars } = accountsWorld(tables);
  const id = world.newId();
  expect(codeOf(await updateUser(world.users, avatars, id, id, { bio: 'ghost' }))).toBe('not_found');
  expect(codeOf(await getUser(world.users, id))).toBe('not_found');
  expect(codeOf(await me(world.users, id))).toBe('unauthorized');
});

test('people are found by the beginning of their username, in order, without their e-mail', async () => {
  const { world } = accountsWorld(tables);
  for (const username of ['zoe.b', 'zoe', 'zora', 'zoe-a']) await register(world, newPerson({ username }), newSource());
  const find = async (username: string, limit = 50) => {
    const found = await findUsers(world.users, { username, limit });
    return 'ok' in found ? found.ok.users : [];
  };
  expect((await find('zoe')).map(({ username }) => username)).toEqual(['zoe', 'zoe-a', 'zoe.b']);
  expect((await find('zo', 2)).map(({ username }) => username)).toEqual(['zoe', 'zoe-a']);
  expect((await find('z')).every((user) => !('email' in user))).toBe(true);
  expect(await find('zz')).toEqual([]);
});

test('an access token says that the address isn’t verified where that is required, and no longer once it is', async () => {
  const { world, queued } = accountsWorld(tables);
  const required: World = {
    ...world,
    verifiedEmail: 'required',
    signAccessToken: async ({ unverified }) => (unverified ? 'unverified' : 'verified'),
  };
  const person = newPerson();
  const { session } = granted(await register(required, person, newSource()));
  expect(session.accessToken).toBe('unverified');
  expect(queued).toMatchObject([{ kind: 'verify', userId: session.user.id }]);
  const optional = granted(await register({ ...required, verifiedEmail: 'optional' }, newPerson(), newSource()));
  expect(optional.session.accessToken).toBe('verified');
  const token = { hash: 'hash', purpose: 'verify', email: person.email, expiresAt: required.now() + 60_000 } as const;
  await required.mailTokens.add(session.user.id, token);
  expect(await required.mailTokens.verifyEmail(session.user.id, token, required.now())).toBe(true);
  const again = granted(await login(required, { login: person.username, password: person.password }, newSource()));
  expect(again.session.accessToken).toBe('verified');
});
