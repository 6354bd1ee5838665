import { isoTime } from '#core/clock.ts';
import type { Register } from '#protocol/accounts.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { addressSubject, limited } from './attempts.ts';
import { unknownDevice } from './device.ts';
import type { World } from './ports.ts';
import type { Request } from './recovery.ts';
import { isReserved } from './reserved-name.ts';
import { type Grant, startSession } from './session.ts';
import { isWeak, namesOf } from './weak-password.ts';

/**
 * Creates an account and logs it in. Errors: `weak_password`; `username_taken`, also for a reserved one; `registration_failed` if
 * the e-mail address is in use, which the answer doesn't say; `too_many_attempts` from the address, because a refused name may be a
 * probe, and an account more may be one of thousands.
 */
export async function register(
  world: World,
  details: Register,
  address: string,
  { device, language }: Request = { device: unknownDevice, language: 'en' },
): Promise<Result<Grant>> {
  const { username, email, password, displayName = username } = details;
  if (isReserved(username)) return fail('username_taken');
  if (isWeak(password, namesOf({ ...details, displayName }), await world.commonPasswords()))
    return fail('weak_password');
  // This comes first: one registration too many is no guess, and must not count towards keeping the network from logging in.
  const allowed = await world.allowRegistration(address, world.now());
  if ('error' in allowed) return allowed;
  return limited(world.attempts, [addressSubject(address)], world.now(), async () => {
    const account = {
      id: world.newId(),
      username,
      email,
      displayName,
      bio: '',
      passwordHash: await world.passwords.hash(password),
      createdAt: isoTime(world.now()),
    };
    const outcome = await world.createAccount(account);
    if (outcome === 'username_taken') return fail('username_taken');
    if (outcome === 'email_taken') return fail('registration_failed');
    const session = await startSession(world, account, device);
    if (world.verifiedEmail !== 'off') await world.queueMail({ kind: 'verify', userId: account.id, language });
    return { ok: session };
  });
}
