import { type Argon2Parameters, argon2, createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import * as z from 'zod/mini';
import type { Passwords } from '#core/accounts/ports.ts';

/** Costs from the OWASP Password Storage Cheat Sheet; memory in KiB. */
const costs = { memory: 19_456, passes: 2, parallelism: 1 };
const tagLength = 32;
const saltLength = 16;

const derive = promisify(argon2);

/** A PHC string of ours; `keyid` names the pepper. */
const Hash = z
  .string()
  .check(z.regex(/^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+,keyid=[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/));

/** argon2id with a pepper (its `secret` parameter), so that hashes without it can't be tried out. */
export function createPasswords(pepper: () => Promise<string>): Passwords {
  async function tag(password: string, parameters: Omit<Argon2Parameters, 'message' | 'tagLength'>): Promise<Buffer> {
    return derive('argon2id', { ...parameters, message: password.normalize('NFKC'), tagLength });
  }

  return {
    async hash(password) {
      const secret = Buffer.from(await pepper(), 'base64url');
      const nonce = randomBytes(saltLength);
      const { memory, passes, parallelism } = costs;
      const parameters = `m=${memory},t=${passes},p=${parallelism},keyid=${keyId(secret)}`;
      const derived = await tag(password, { ...costs, nonce, secret });
      return `$argon2id$v=19$${parameters}$${base64(nonce)}$${base64(derived)}`;
    },

    async verify(password, hash) {
      const secret = Buffer.from(await pepper(), 'base64url');
      if (hash === undefined) {
        await tag(password, { ...costs, nonce: randomBytes(saltLength), secret });
        return false;
      }
      const [, , , parameters = '', salt = '', expected = ''] = Hash.parse(hash).split('$');
      const { m, t, p, keyid } = Object.fromEntries(parameters.split(',').map((pair) => pair.split('=')));
      if (keyid !== keyId(secret)) throw new Error('A password was hashed with another pepper');
      const derived = await tag(password, {
        memory: Number(m),
        passes: Number(t),
        parallelism: Number(p),
        nonce: Buffer.from(salt, 'base64'),
        secret,
      });
      return timingSafeEqual(derived, Buffer.from(expected, 'base64'));
    },
  };
}

/** PHC strings have base64 without padding. */
function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}

function keyId(pepper: Uint8Array): string {
  return base64(createHash('sha256').update(pepper).digest().subarray(0, 6));
}
