import { createHash } from 'node:crypto';
import type { Login } from '#protocol/accounts.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { accountSubject, addressSubject, limited } from './attempts.ts';
import { unknownDevice } from './device.ts';
import type { Account, World } from './ports.ts';
import type { Request } from './recovery.ts';
import { type Grant, startSession } from './session.ts';

/**
 * Logs a user in. Errors: `bad_credentials`; `too_many_attempts` at the account or from the address. A login that nobody has takes
 * the same reads, counters and hash as a wrong password, so neither the answer nor its time tells them apart.
 */
export async function login(
  world: World,
  { login, password }: Login,
  address: string,
  request: Request = { device: unknownDevice, language: 'en' },
): Promise<Result<Grant>> {
  const { users, attempts, passwords } = world;
  const found = login.includes('@') ? await users.idOfEmail(login) : await users.idOfUsername(login);
  const userId = found ?? standIn(login);
  const account = await users.get(userId);
  return limited(attempts, [addressSubject(address), accountSubject(userId)], world.now(), async () => {
    const right = await passwords.verify(password, account?.passwordHash);
    return account && right ? begin(world, account, request) : fail('bad_credentials');
  });
}

/**
 * Starts the session of a login. If the password was changed since it was compared, the login ends again: a change of the password
 * first writes the new one and then ends all logins, so one of the two sees the other (both read consistently). A login from a device
 * that isn't known is told by mail.
 */
async function begin(world: World, account: Account, { device, language }: Request): Promise<Result<Grant>> {
  const granted = await startSession(world, account, device);
  const after = await world.users.get(account.id, { consistent: true });
  if (after?.passwordHash !== account.passwordHash) {
    await world.families.revoke(account.id, granted.familyId);
    return fail('bad_credentials');
  }
  const { id: userId } = account;
  const at = world.now();
  await world.activities.note(userId, { type: 'login', at, device });
  if (granted.isNewDevice) await world.queueMail({ kind: 'notice', notice: 'new_login', userId, device, at, language });
  return { ok: granted };
}

/** Returns the key under which attempts at a login that nobody has are counted. It is the same each time. */
function standIn(login: string): string {
  return createHash('sha256').update(login).digest('base64url');
}
