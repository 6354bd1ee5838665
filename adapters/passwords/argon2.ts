import { type Argon2Parameters, argon2, createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import * as z from 'zod/mini';
import type { Passwords } from '#core/accounts/ports.ts';

/** The costs that the OWASP Password Storage Cheat Sheet recommends. `memory` is in KiB. */
const costs = { memory: 19_456, passes: 2, parallelism: 1 };
const tagLength = 32;
const saltLength = 16;

const derive = promisify(argon2);

/** A PHC string as it is written here. `keyid` identifies the pepper. */
const Hash = z
  .string()
  .check(z.regex(/^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+,keyid=[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/));

/**
 * Hashes passwords with argon2id and a pepper (the parameter `secret`, given in base64url). Without the pepper, nobody can guess
 * passwords from stolen hashes. `verify` throws if the hash was made with another pepper.
 */
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

/** Base64 without padding, as in PHC strings. */
function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}

function keyId(pepper: Uint8Array): string {
  return base64(createHash('sha256').update(pepper).digest().subarray(0, 6));
}
