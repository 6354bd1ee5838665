import { createHash } from 'node:crypto';
import type { Login } from '#protocol/accounts.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { accountSubject, addressSubject, limited } from './attempts.ts';
import type { World } from './ports.ts';
import { type Grant, startSession } from './session.ts';

/**
 * Logs a user in. Errors: `bad_credentials`; `too_many_attempts` at the account or from the address. A login that nobody has takes
 * the same reads, counters and hash as a wrong password, so neither the answer nor its time tells them apart.
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

/** Returns the key under which attempts at a login that nobody has are counted. It is the same each time. */
function standIn(login: string): string {
  return createHash('sha256').update(login).digest('base64url');
}
