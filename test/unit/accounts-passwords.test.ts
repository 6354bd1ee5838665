import { argon2Sync, createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createPasswords } from '#adapters/passwords/argon2.ts';

const pepper = randomBytes(32).toString('base64url');
const passwords = createPasswords(async () => pepper);

test('a hash is an argon2id PHC string of the agreed cost with a salt of its own, and fits its password only', async () => {
  const [hash, other] = await Promise.all([passwords.hash('a rare phrase'), passwords.hash('a rare phrase')]);
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1,keyid=[^$]+\$[^$]{22}\$[^$]{43}$/);
  expect(hash).not.toBe(other);
  expect(await passwords.verify('a rare phrase', hash)).toBe(true);
  expect(await passwords.verify('a rare phrasE', hash)).toBe(false);
});

test('what looks the same when typed is the same password', async () => {
  const hash = await passwords.hash('caf\u00e9 ﬁve');
  expect(await passwords.verify('cafe\u0301 five', hash)).toBe(true);
});

test('without a hash to compare with no password is right', async () => {
  expect(await passwords.verify('a rare phrase', undefined)).toBe(false);
});

test('the pepper is needed: a hash of another one is a fault, not a wrong password', async () => {
  const elsewhere = createPasswords(async () => randomBytes(32).toString('base64url'));
  const hash = await elsewhere.hash('a rare phrase');
  await expect(passwords.verify('a rare phrase', hash)).rejects.toThrow('another pepper');
  const keyId = /keyid=[^$]+/;
  const ours = keyId.exec(await passwords.hash('x'))?.[0] ?? '';
  expect(await passwords.verify('a rare phrase', hash.replace(keyId, ours))).toBe(false);
});

test('a hash of other costs can still be verified, so costs can be raised', async () => {
  const secret = Buffer.from(pepper, 'base64url');
  const nonce = Buffer.alloc(16, 7);
  const tag = argon2Sync('argon2id', {
    message: 'old',
    nonce,
    secret,
    memory: 64,
    passes: 1,
    parallelism: 1,
    tagLength: 32,
  });
  const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  const keyid = base64(createHash('sha256').update(secret).digest().subarray(0, 6));
  const hash = `$argon2id$v=19$m=64,t=1,p=1,keyid=${keyid}$${base64(nonce)}$${base64(tag)}`;
  expect(await passwords.verify('old', hash)).toBe(true);
});
