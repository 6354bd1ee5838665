import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { commonPasswords } from '#adapters/passwords/common.ts';
import { bearerToken } from '#core/accounts/caller.ts';
import { tokenOf } from '#core/accounts/connect.ts';
import { createRefreshTokens } from '#core/accounts/refresh-token.ts';
import { isReserved } from '#core/accounts/reserved-name.ts';
import { networkOf, viewerAddress } from '#core/accounts/source-address.ts';
import { isWeak } from '#core/accounts/weak-password.ts';
import { username } from '#protocol/values.ts';

describe('usernames', () => {
  test.for([
    'admin',
    'a.d.m.i.n',
    '_admin_',
    'adm1n',
    '4dmin',
    'admin7',
    'admins',
    'storm-support',
    'root',
    'r00t',
    'he1p',
    'sys.tem',
  ])('%s seems to speak for the service', (name) => {
    expect(isReserved(name)).toBe(true);
  });

  test.for([
    'ann',
    'adminton',
    'stormy',
    'ruth',
    'admin-ann',
    'helper',
    'supporter',
    'ann.support',
    '1234',
    'admin1764349200',
  ])('%s is a name like any other', (name) => {
    expect(isReserved(name)).toBe(false);
  });

  test.for(['___', '...', '-_.', 'ab', 'Ann', 'a'.repeat(33), 'ann\n'])('%s is none', (name) => {
    expect(username.safeParse(name).success).toBe(false);
  });
});

describe('refresh tokens', () => {
  const token = { userId: v7(), familyId: v7(), secret: randomBytes(32) };
  const { encode, decode, successorOf } = createRefreshTokens(randomBytes(32).toString('base64url'));

  test('are read as they were written', () => {
    expect(decode(encode(token))).toEqual(token);
  });

  test('have one spelling', () => {
    const text = encode(token);
    for (const other of [`${text}=`, ` ${text}`, `${text}A`, text.slice(0, -1), `${text}\n`])
      expect(decode(other)).toBeUndefined();
  });

  test('have one successor, which is no other token’s', () => {
    const other = { ...token, familyId: v7() };
    expect(successorOf(token)).toEqual(successorOf(token));
    expect(successorOf(token)).toMatchObject({ userId: token.userId, familyId: token.familyId });
    const secrets = [token, successorOf(token), successorOf(successorOf(token)), successorOf(other)];
    expect(new Set(secrets.map(({ secret }) => Buffer.from(secret).toString('hex'))).size).toBe(4);
  });

  test('are only read where nothing in them was changed, and by who has the key', () => {
    const bytes = Buffer.from(encode(token), 'base64url');
    for (let i = 0; i < bytes.length; i++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(i) ^ 1, i);
      expect(decode(changed.toString('base64url'))).toBeUndefined();
    }
    expect(createRefreshTokens(randomBytes(32).toString('base64url')).decode(encode(token))).toBeUndefined();
  });

  test('are never read from other text, whatever it is', () => {
    const text = fc.oneof(fc.string(), fc.base64String(), fc.base64String({ minLength: 104, maxLength: 108 }));
    fc.assert(
      fc.property(text, (text) => {
        expect(decode(text)).toBeUndefined();
      }),
    );
  });
});

describe('weak passwords', async () => {
  const common = await commonPasswords();
  const names = ['ann.smith', 'ann@example.org', 'Ann Smith', 'storm'];
  const words = (text: string) => text.trim().split(/\s+/);

  test.for(
    words(`
      password Password1 PASSWORD123 passw0rd ｐａｓｓｗｏｒｄ ｐａｓｓｗｏｒｄ１ passwordpassword drowssap1
      Passw0rd! Welcome123! Admin@123 P@$$w0rd2024 $ummer2024! Winter2025! L3tm31n!! !Password1 123password welcom3123
      welcome12345678 Qwerty!@# Iloveyou2! monkey99 adm1n1234 Football#1 Dragon!23 love7391 abacus12 Pa55word trustno1
      qwerty123 1qaz2wsx zaq12wsx qwertyqwerty poiuytrewq azertyuiop abcdefgh !@#$%^&* abc12345! a1234567
      aaaaaaaa abababab abcabcabc aaaaaaaa1 12345678 9876543210 01012009 01.01.2009 2009-01-01 +49170123456
      ann.smith Ann.Smith ann@example.org ann.smith1 AnnSmith2024 htims.nna Sm1th2024! example1! storm2026 St0rm!!! stormstorm
    `),
  )('%s is refused', (password) => expect(isWeak(password, names, common)).toBe(true));

  test.for([
    ...[
      'correct horse battery staple',
      'a rare phrase',
      'welcome to the jungle',
      'admin of all things',
      'my storm is calm',
    ],
    ...['ann likes pears', 'Summer in Lisbon', 'password of my cat', 'blue-teapot-9-lunch', 'hunter of 2 moons'],
    ...['пароль и соль', '合い言葉は秘密だよ', '739104826650', 'Vq7-pLw2x', 'xK4!mQ9z', 'J8$kQz2!', 'k7mzq2rt'],
  ])('%s is taken', (password) => expect(isWeak(password, names, common)).toBe(false));

  test('what a password manager makes up is taken but for a few in a thousand, and never when it is long', () => {
    const characters = (length: number) => fc.string({ unit: 'grapheme-ascii', minLength: length, maxLength: length });
    const refused = (length: number) =>
      fc.sample(characters(length), { seed: 7, numRuns: 5_000 }).filter((password) => isWeak(password, names, common));
    expect(refused(8).length).toBeLessThan(25);
    expect(refused(14)).toEqual([]);
  });

  test('the longest password is judged in few steps, whatever it is', () => {
    let lookUps = 0;
    class Counting extends Set<string> {
      override has(word: string): boolean {
        lookUps++;
        return super.has(word);
      }
    }
    for (const unit of ['1!', 'a1', '!', 'p@', '\ufdfa']) isWeak(`${unit.repeat(62)}x!7`, names, new Counting());
    expect(lookUps).toBeLessThan(5 * 100);
  });
});

describe('source addresses', () => {
  test.for([
    ['198.51.100.10', '198.51.100.10'],
    ['::ffff:198.51.100.10', '198.51.100.10'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::', 'fe80:0:0:0::/64'],
  ])('%s counts for %s', ([address = '', network]) => expect(networkOf(address)).toBe(network));

  test.for([
    ['198.51.100.10, 130.176.0.1', '198.51.100.10'],
    ['198.51.100.10', '198.51.100.10'],
    ['192.0.2.66, 2001:db8::1, 130.176.0.1', '2001:db8::1'],
    ['', '130.176.0.1'],
    ['130.176.0.1, 130.176.0.1', '130.176.0.1'],
  ])('forwarded for "%s" by an edge at 130.176.0.1 comes from %s', ([header = '', viewer]) =>
    expect(viewerAddress(header, '130.176.0.1')).toBe(viewer),
  );
});

describe('handshakes', () => {
  const origin = 'https://chat.example';
  const judge = (handshake: Parameters<typeof tokenOf>[0]) => {
    const result = tokenOf(handshake, [origin]);
    return 'ok' in result ? result.ok : result.error.code;
  };

  test('bear the token as a header or as a subprotocol', () => {
    expect(judge({ authorization: 'Bearer abc' })).toBe('abc');
    expect(judge({ authorization: 'bearer abc', protocols: 'storm.v1' })).toBe('abc');
    expect(judge({ protocols: 'storm.v1, bearer.abc', origin })).toBe('abc');
    expect(judge({ protocols: 'bearer.abc,storm.v1' })).toBe('abc');
  });

  test('without a token are unauthorized', () => {
    for (const authorization of [undefined, '', 'Bearer', 'Bearer ', 'Basic abc', 'Bearer a b'])
      expect(judge({ authorization })).toBe('unauthorized');
    for (const protocols of ['', 'storm.v1', 'storm.v1, bearer.', 'bearer.abc', 'other, bearer.abc'])
      expect(judge({ protocols })).toBe('unauthorized');
  });

  test('bear one token in the header and nothing else, as every call over HTTP does', () => {
    expect(bearerToken('BEARER abc.def')).toBe('abc.def');
    for (const header of [undefined, 'Bearer abc def', 'Bearer abc ', 'Bearer  abc', 'Bearer\tabc', 'abc'])
      expect(bearerToken(header)).toBeUndefined();
  });

  test('from a page that is not allowed are forbidden, with or without a token', () => {
    for (const strange of ['https://evil.example', 'null', '', `${origin}.evil.example`, origin.toUpperCase()]) {
      expect(judge({ protocols: 'storm.v1, bearer.abc', origin: strange })).toBe('forbidden');
      expect(judge({ origin: strange })).toBe('forbidden');
    }
  });
});
