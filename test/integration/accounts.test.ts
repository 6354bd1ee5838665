import { afterAll, beforeAll, expect, test } from 'vitest';
import { attemptLimits } from '#core/accounts/attempts.ts';
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

/** So few guesses are let pass from an address here, because each takes several calls to the database. */
const fewGuesses = 20;
/** Guesses without hashing, and `fewGuesses` in the place of the limit of an address. */
function quickly<Of extends World>(world: Of): Of {
  return {
    ...world,
    passwords: { hash: async () => '', verify: async () => false },
    attempts: {
      ...world.attempts,
      count: (subject, limit, now) =>
        world.attempts.count(subject, limit === attemptLimits.address ? fewGuesses : limit, now),
    },
  };
}
const newAddress = () => `192.0.2.${++people}`;
const codeOf = (result: Result<unknown>) => ('error' in result ? result.error.code : 'ok');
function granted(result: Result<Grant>): Grant {
  if ('error' in result) throw new Error(result.error.code);
  return result.ok;
}
const codesOf = (results: Result<unknown>[]) => results.map(codeOf).sort();

test('a new account can be logged in to by username and by e-mail, and may connect', async () => {
  const { world, connect, clock } = accountsWorld(tables);
  const person = newPerson();
  const { session } = granted(await register(world, { ...person, displayName: 'Ann' }, newAddress()));
  expect(session.user).toMatchObject({ username: person.username, displayName: 'Ann', email: person.email, bio: '' });
  for (const name of [person.username, person.email]) {
    const again = granted(await login(world, { login: name, password: person.password }, newAddress()));
    expect(again.session.user).toEqual(session.user);
  }
  const connection = { userId: session.user.id, connectionId: 'a', familyId: world.newId() };
  expect(await connect(connection, clock.now)).toBe('connected');
});

test('of registrations at the same time for one username exactly one wins', async () => {
  const { world } = accountsWorld(tables);
  const { username } = newPerson();
  const results = await Promise.all(
    Array.from({ length: 8 }, () => register(world, { ...newPerson(), username }, newAddress())),
  );
  expect(codesOf(results)).toEqual(['ok', ...Array(7).fill('username_taken')]);
});

test('of registrations at the same time for one e-mail exactly one wins, and the others leave nothing behind', async () => {
  const { world } = accountsWorld(tables);
  const { email } = newPerson();
  const people = Array.from({ length: 8 }, () => newPerson({ email }));
  const results = await Promise.all(people.map((person) => register(world, person, newAddress())));
  expect(codesOf(results)).toEqual(['ok', ...Array(7).fill('registration_failed')]);
  const owners = await Promise.all(people.map(({ username }) => world.users.idOfUsername(username)));
  expect(owners.filter(Boolean)).toEqual([await world.users.idOfEmail(email)]);
});

test('a weak password makes no account and costs no attempt', async () => {
  const { world } = accountsWorld(tables);
  const address = newAddress();
  const person = newPerson();
  for (const password of ['Password1', person.username, person.email]) {
    expect(codeOf(await register(world, { ...person, password }, address))).toBe('weak_password');
  }
  expect(await tables.users.get({ pk: `attempts#address#${address}`, sk: 'attempts' })).toBeUndefined();
});

test('an unknown login and a wrong password get the same answer', async () => {
  const { world } = accountsWorld(tables);
  const person = newPerson();
  await register(world, person, newAddress());
  const wrong = await login(world, { login: person.username, password: 'not this one' }, newAddress());
  const unknown = await login(world, { login: 'nobody', password: 'not this one' }, newAddress());
  const unknownEmail = await login(world, { login: 'nobody@example.org', password: 'not this one' }, newAddress());
  expect(codeOf(wrong)).toBe('bad_credentials');
  expect(unknown).toEqual(wrong);
  expect(unknownEmail).toEqual(wrong);
});

test.for(['a known', 'an unknown'])('guesses at the same time at %s account are bounded', async (kind) => {
  const { world, clock } = accountsWorld(tables);
  const person = newPerson();
  if (kind === 'a known') await register(world, person, newAddress());
  let hashed = 0;
  const counting = {
    ...world,
    passwords: {
      ...world.passwords,
      async verify() {
        hashed++;
        return false;
      },
    },
  };
  const guess = () => login(counting, { login: person.username, password: 'a guess' }, newAddress());
  const results = await Promise.all(Array.from({ length: 40 }, guess));
  expect(hashed).toBe(attemptLimits.account);
  expect(codesOf(results)).toEqual([
    ...Array(attemptLimits.account).fill('bad_credentials'),
    ...Array(40 - attemptLimits.account).fill('too_many_attempts'),
  ]);
  const refused = await guess();
  expect('error' in refused && refused.error.retryAfterMs).toBeGreaterThan(0);
  clock.now += attemptLimits.windowSeconds * 1000;
  expect(codeOf(await guess())).toBe('bad_credentials');
});

test('username and e-mail share the attempts of their account', async () => {
  const { world } = accountsWorld(tables);
  const person = newPerson();
  await register(world, person, newAddress());
  const guess = (name: string) => login(world, { login: name, password: 'a guess' }, newAddress());
  for (let i = 0; i < attemptLimits.account; i++) await guess(i % 2 === 0 ? person.username : person.email);
  expect(codeOf(await guess(person.username))).toBe('too_many_attempts');
  expect(codeOf(await guess(person.email))).toBe('too_many_attempts');
});

test('guesses from one address are bounded, whomever they are at', async () => {
  const { world } = accountsWorld(tables);
  const address = newAddress();
  const quick = quickly(world);
  const guesses = Array.from({ length: fewGuesses + 20 }, (_, i) =>
    login(quick, { login: `stranger-${i}`, password: 'a guess' }, address),
  );
  const codes = codesOf(await Promise.all(guesses));
  expect(codes.filter((code) => code === 'bad_credentials')).toHaveLength(fewGuesses);
  const person = newPerson();
  await register(world, person, newAddress());
  for (let i = 0; i < attemptLimits.account; i++) await login(quick, { login: person.username, password: '' }, address);
  const elsewhere = await login(world, { login: person.username, password: person.password }, newAddress());
  expect(codeOf(elsewhere)).toBe('ok');
});

test('guesses that the account refuses don’t count for the address, which others may share', async () => {
  const { world } = accountsWorld(tables);
  const address = newAddress();
  const quick = quickly(world);
  for (let i = 0; i < attemptLimits.account + fewGuesses; i++)
    await login(quick, { login: 'a favourite', password: 'a guess' }, address);
  expect(codeOf(await login(quick, { login: 'another', password: 'a guess' }, address))).toBe('bad_credentials');
});

test('rightful logins use up no attempts', async () => {
  const { world } = accountsWorld(tables);
  const person = newPerson();
  await register(world, person, newAddress());
  const right = { login: person.username, password: person.password };
  for (let i = 0; i < attemptLimits.account + 2; i++)
    expect(codeOf(await login(world, right, newAddress()))).toBe('ok');
});

test('refused registrations count for the address, since they could be probes for names', async () => {
  const { world } = accountsWorld(tables);
  const address = newAddress();
  const taken = newPerson();
  await register(world, taken, address);
  const quick = quickly(world);
  for (let i = 0; i < fewGuesses; i++) expect(codeOf(await register(quick, taken, address))).toBe('username_taken');
  expect(codeOf(await register(quick, newPerson(), address))).toBe('too_many_attempts');
});

test('a profile is changed by its owner only, and what is not named stays', async () => {
  const { world, avatars } = accountsWorld(tables);
  const [ann, ben] = [granted(await register(world, newPerson(), newAddress())), world.newId()];
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
  for (const username of ['zoe.b', 'zoe', 'zora', 'zoe-a'])
    await register(world, newPerson({ username }), newAddress());
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
  const { session } = granted(await register(required, person, newAddress()));
  expect(session.accessToken).toBe('unverified');
  expect(queued).toMatchObject([{ kind: 'verify', userId: session.user.id }]);
  const optional = granted(await register({ ...required, verifiedEmail: 'optional' }, newPerson(), newAddress()));
  expect(optional.session.accessToken).toBe('verified');
  const token = { hash: 'hash', purpose: 'verify', email: person.email, expiresAt: required.now() + 60_000 } as const;
  await required.mailTokens.add(session.user.id, token);
  expect(await required.mailTokens.verifyEmail(session.user.id, token, required.now())).toBe(true);
  const again = granted(await login(required, { login: person.username, password: person.password }, newAddress()));
  expect(again.session.accessToken).toBe('verified');
});
