import { createHash } from 'node:crypto';
import type { Login } from '#protocol/accounts.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { accountSubject, addressSubject, limited } from './attempts.ts';
import type { World } from './ports.ts';
import { type Grant, startSession } from './session.ts';

/**
 * `bad_credentials`, or `too_many_attempts` at the account or from the address. A login that nobody has goes the same
 * way as one with a wrong password: the same reads, counters and hash, so neither words nor time tell them apart.
 */
export async function login(world: World, { login, password }: Login, address: string): Promise<Result<Grant>> {
  const { users, attempts, passwords } = world;
  const found = login.includes('@') ? await users.idOfEmail(login) : await users.idOfUsername(login);
  const userId = found ?? standIn(login);
  const account = await users.get(userId);
  return limited(attempts, [addressSubject(address), accountSubject(userId)], world.now(), async () => {
    const right = await passwords.verify(password, account?.passwordHash);
    return account && right ? { ok: await startSession(world, account) } : fail('bad_credentials');
  });
}

/** A key for a login that nobody has: always the same, so that its attempts add up. */
function standIn(login: string): string {
  return createHash('sha256').update(login).digest('base64url');
}
