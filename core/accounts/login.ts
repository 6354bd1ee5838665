import { createHash } from 'node:crypto';
import type { Source } from '#core/security/events.ts';
import type { Login } from '#protocol/accounts.ts';
import { fail, type Result } from '#protocol/failures.ts';
import type { Language } from '#protocol/people.ts';
import { deviceSubjects, limited, loginSubjects } from './attempts.ts';
import type { Account, World } from './ports.ts';
import type { Request } from './recovery.ts';
import { type Grant, startSession } from './session.ts';

/**
 * Logs a user in. Errors: `bad_credentials`; `too_many_attempts`. A name that nobody has takes the same reads, counters and hash as
 * a wrong password, so neither the answer nor its time tells them apart. A device that has logged in to the account before has
 * attempts of its own; when they are used up, it counts as any other.
 */
export async function login(
  world: World,
  { login: name, password, deviceToken }: Login,
  source: Source,
  language: Language = 'en',
): Promise<Result<Grant>> {
  const { users, passwords, record } = world;
  const found = name.includes('@') ? await users.idOfEmail(name) : await users.idOfUsername(name);
  const account = await users.get(found ?? standIn(name));
  const deviceTokens = await world.deviceTokens();
  const deviceId = deviceToken === undefined ? undefined : deviceTokens.deviceOf(deviceToken, account, world.now());
  const subjects = loginSubjects(name, source.network);
  const ways = deviceId === undefined ? [subjects] : [deviceSubjects(deviceId), subjects];
  const whose = { userId: account?.id, ...source };
  return limited(world, ways, { name: 'login_refused', ...whose }, async () => {
    const right = await passwords.verify(password, account?.passwordHash);
    const granted =
      account && right ? await begin(world, account, { device: source.device, language }, deviceId) : undefined;
    await record(
      granted ? { name: 'login', familyId: granted.familyId, ...whose } : { name: 'login_failed', ...whose },
    );
    return granted ? { ok: granted } : fail('bad_credentials');
  });
}

/**
 * Starts the session of a login. If the password was changed since it was compared, the login ends again: a change of the password
 * first writes the new one and then ends all logins, so one of the two sees the other (both read consistently). A login from a device
 * that isn't known is told by mail.
 */
async function begin(
  world: World,
  account: Account,
  { device, language }: Request,
  deviceId: string | undefined,
): Promise<Grant | undefined> {
  const granted = await startSession(world, account, device, deviceId);
  const { id: userId } = account;
  const after = await world.users.get(userId, { consistent: true });
  if (after?.passwordHash !== account.passwordHash) {
    await world.families.revoke(userId, granted.familyId);
    return undefined;
  }
  const at = world.now();
  if (granted.isNewDevice && deviceId === undefined)
    await world.queueMail({ kind: 'notice', notice: 'new_login', userId, device, at, language });
  return granted;
}

/** Returns an id that no user has, for the read of a user whom nobody knows. It is the same each time. */
function standIn(name: string): string {
  return createHash('sha256').update(name).digest('base64url');
}
