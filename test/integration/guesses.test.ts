import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createAttempts } from '#adapters/dynamo/users/attempts.ts';
import { attemptRates, loginSubjects } from '#core/accounts/attempts.ts';
import { login } from '#core/accounts/login.ts';
import type { World } from '#core/accounts/ports.ts';
import { register } from '#core/accounts/register.ts';
import { tokensMs } from '#core/rate-limits/token-bucket.ts';
import type { Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import { accountsWorld, tables as names, startAccountTables, useUp } from '#test/helpers/accounts.ts';

let tables: Awaited<ReturnType<typeof startAccountTables>>;
beforeAll(async () => {
  tables = await startAccountTables();
});
afterAll(() => tables.stop());

const { burst: few } = attemptRates.name_at_network;
const { burst: many } = attemptRates.name;
const secret = 'a rare phrase';

let networks = 0;
const anywhere = () => ({ network: `10.${networks >> 8}.${networks++ & 255}.1`, device: 'a test' });
const codeOf = (result: Result<unknown>) => ('error' in result ? result.error.code : 'ok');
const waitOf = (result: Result<unknown>) => ('error' in result ? (result.error.retryAfterMs ?? 0) : 0);

let people = 0;
/** A user, and a world in which a password is hashed and compared without work. */
async function someone() {
  const setting = accountsWorld(tables);
  let compared = 0;
  const world: World = {
    ...setting.world,
    passwords: {
      hash: async (password) => `the hash of ${password}`,
      async verify(password, hash) {
        compared++;
        return hash === `the hash of ${password}`;
      },
    },
  };
  const username = `guessed-${++people}`;
  const person = { username, email: `${username}@example.org`, password: secret };
  const registered = await register(world, person, anywhere());
  if ('error' in registered) throw new Error(registered.error.code);
  const { session } = registered.ok;
  const attempt = (password: string, { name = username, from = anywhere(), deviceToken = '' } = {}) =>
    login(world, { login: name, password, ...(deviceToken && { deviceToken }) }, from);
  return {
    ...setting,
    world,
    person,
    deviceToken: session.deviceToken ?? '',
    account: () => world.users.get(session.user.id),
    compared: () => compared,
    attempt,
    async guess(times: number, options: Parameters<typeof attempt>[1] = {}) {
      const codes: string[] = [];
      for (let i = 0; i < times; i++) codes.push(codeOf(await attempt('a guess', options)));
      return codes;
    },
    /** Guesses from so many networks that the limit of the name is reached, and no other. */
    async lockOut(name = username) {
      const everywhere = Array.from({ length: many / few }, () => anywhere());
      await Promise.all(
        everywhere.map(async (from) => {
          for (let i = 0; i < few; i++) await attempt('a guess', { name, from });
        }),
      );
    },
  };
}

describe('wrong passwords', () => {
  test('from one network don’t keep the owner out elsewhere', async () => {
    const { attempt, guess } = await someone();
    const from = anywhere();
    expect(await guess(few + 1, { from })).toEqual([...Array(few).fill('bad_credentials'), 'too_many_attempts']);
    expect(codeOf(await attempt(secret, { from }))).toBe('too_many_attempts');
    expect(codeOf(await attempt(secret))).toBe('ok');
  });

  test('at the same time are no more than those one after the other, and what is refused hashes nothing', async () => {
    const { attempt, compared } = await someone();
    const from = anywhere();
    const codes = (await Promise.all(Array.from({ length: 40 }, () => attempt('a guess', { from })))).map(codeOf);
    expect(codes.filter((code) => code === 'bad_credentials')).toHaveLength(few);
    expect(codes.filter((code) => code === 'too_many_attempts')).toHaveLength(40 - few);
    expect(compared()).toBe(few);
  });

  test('from many networks reach a limit of the name, which the next attempt elsewhere meets, too', async () => {
    const { attempt, lockOut, compared } = await someone();
    await lockOut();
    expect(compared()).toBe(many);
    expect(codeOf(await attempt('a guess'))).toBe('too_many_attempts');
    expect(compared()).toBe(many);
  });

  test('at many names from one network reach a limit of the network', async () => {
    const { attempt, clock } = await someone();
    const from = anywhere();
    await useUp(createAttempts(tables.users), loginSubjects('', from.network)[0], clock.now, 1);
    expect(codeOf(await attempt('a guess', { name: 'one-more', from }))).toBe('bad_credentials');
    expect(codeOf(await attempt('a guess', { name: 'another', from }))).toBe('too_many_attempts');
    expect(codeOf(await attempt('a guess', { name: 'another' }))).toBe('bad_credentials');
  });

  test('may be made again after exactly the time that the answer says', async () => {
    const { attempt, guess, clock } = await someone();
    const from = anywhere();
    await guess(few, { from });
    const wait = waitOf(await attempt(secret, { from }));
    expect(wait).toBe(tokensMs(attemptRates.name_at_network, 1));
    clock.now += wait - 1;
    expect(waitOf(await attempt(secret, { from }))).toBe(1);
    clock.now += 1;
    expect(codeOf(await attempt(secret, { from }))).toBe('ok');
  });

  test('at a username and at an e-mail address don’t share a counter, which would tell that they belong together', async () => {
    const { attempt, guess, lockOut, person } = await someone();
    const from = anywhere();
    await guess(few, { from });
    expect(codeOf(await attempt(secret, { name: person.email, from }))).toBe('ok');
    await lockOut();
    expect(codeOf(await attempt('a guess', { name: person.email }))).toBe('bad_credentials');
  });

  test('at a name that nobody has are read, counted, hashed and answered alike', async () => {
    const { world, compared, person } = await someone();
    const calls: string[] = [];
    const client: DynamoDb = {
      call(operation, input) {
        calls.push(operation);
        return tables.client.call(operation, input);
      },
    };
    const watched = accountsWorld({ ...tables, client, users: createTable(client, names.users) });
    const guessed = [];
    for (const name of [person.email, 'nobody@example.org', person.username, 'nobody']) {
      const from = anywhere();
      const before = compared();
      const codes: string[] = [];
      for (let i = 0; i < few + 1; i++) {
        const guess = { login: name, password: 'a guess' };
        codes.push(codeOf(await login({ ...watched.world, passwords: world.passwords }, guess, from)));
      }
      guessed.push({ codes, compared: compared() - before, calls: calls.splice(0) });
    }
    expect(guessed).toEqual(Array(4).fill(guessed[0]));
    // Two reads and those of the counters, and three counters that are written, most of them at the first try.
    expect(guessed[0]?.calls.length).toBeLessThanOrEqual((few + 1) * 3 + few * 3 + 3);
    const failed = watched.recorded.filter((event) => event.name === 'login_failed');
    expect(failed.map(({ userId }) => userId !== undefined)).toEqual(
      [true, false, true, false].flatMap((known) => Array(few).fill(known)),
    );
  });
});

test('rightful logins use up nothing, however many come from one address', async () => {
  const { attempt } = await someone();
  const from = anywhere();
  for (let i = 0; i < 5; i++) {
    const results = await Promise.all(Array.from({ length: few }, () => attempt(secret, { from })));
    expect(results.map(codeOf)).toEqual(Array(few).fill('ok'));
  }
  const wrong = await Promise.all(Array.from({ length: few }, () => attempt('a guess', { from })));
  expect(wrong.map(codeOf)).toEqual(Array(few).fill('bad_credentials'));
});

describe('a device that has logged in before', () => {
  test('gets in while strangers use up the attempts of the name and of its network', async () => {
    const { attempt, guess, lockOut, deviceToken } = await someone();
    const from = anywhere();
    await guess(few, { from });
    await lockOut();
    expect(codeOf(await attempt(secret, { from }))).toBe('too_many_attempts');
    expect(codeOf(await attempt(secret, { from, deviceToken }))).toBe('ok');
  });

  test('has few attempts itself, then counts as any other', async () => {
    const { attempt, guess, lockOut, deviceToken } = await someone();
    await lockOut();
    const codes = await guess(few + 1, { deviceToken });
    expect(codes).toEqual([...Array(few).fill('bad_credentials'), 'too_many_attempts']);
    // The device has an attempt again sooner than the name.
    expect(waitOf(await attempt(secret, { deviceToken }))).toBe(tokensMs(attemptRates.device, 1));
  });

  test('can’t be locked out by a thief of its token from where nobody guesses', async () => {
    const { attempt, guess, deviceToken } = await someone();
    await guess(few, { deviceToken });
    expect(codeOf(await attempt(secret, { deviceToken }))).toBe('ok');
  });

  test('keeps its attempts over logins, whose tokens are of the same device', async () => {
    const { attempt, guess, lockOut, deviceToken } = await someone();
    await guess(few - 1, { deviceToken });
    const again = await attempt(secret, { deviceToken });
    if ('error' in again) throw new Error(again.error.code);
    await lockOut();
    const renewed = again.ok.session.deviceToken ?? '';
    expect(renewed).not.toBe('');
    expect(await guess(2, { deviceToken: renewed })).toEqual(['bad_credentials', 'too_many_attempts']);
  });

  test('is known at its own account only, until the password changes or half a year has passed', async () => {
    const { attempt, lockOut, deviceToken, world, account, clock } = await someone();
    const other = await someone();
    await other.lockOut();
    expect(codeOf(await other.attempt(secret, { deviceToken }))).toBe('too_many_attempts');

    await lockOut();
    clock.now += limits.deviceTokenSeconds * 1000 + 25 * 3600 * 1000;
    await lockOut();
    expect(codeOf(await attempt(secret, { deviceToken }))).toBe('too_many_attempts');

    const before = await account();
    const fresh = (await world.deviceTokens()).issue(
      'AAAAAAAAAAAAAAAAAAAAAA',
      before ?? expect.unreachable(),
      clock.now,
    );
    await world.users.setPassword(before?.id ?? '', 'the hash of something else');
    expect(codeOf(await attempt('something else', { deviceToken: fresh }))).toBe('too_many_attempts');
  });
});

test('what counts attempts ends by itself and never grows, and doesn’t say what was typed', async () => {
  const { guess, clock } = await someone();
  const from = anywhere();
  const name = 'my password by mistake';
  const rows = () =>
    Promise.all(
      loginSubjects(name, from.network).map(({ kind, id }) =>
        tables.users.get({ pk: `attempts#${kind}#${id}`, sk: 'attempts' }),
      ),
    );
  await guess(1, { name, from });
  const first = await rows();
  await guess(few, { name, from });
  const later = await rows();
  expect(later.map((row) => Object.keys(row ?? {}).sort())).toEqual(
    first.map(() => ['expiresAt', 'fullAt', 'pk', 'sk']),
  );
  for (const row of later) {
    expect(row?.['expiresAt'] * 1000).toBeGreaterThan(clock.now);
    expect(row?.['expiresAt'] * 1000).toBeLessThanOrEqual(clock.now + 6 * 3600 * 1000);
    expect(row?.['pk']).not.toContain(name);
  }
});
