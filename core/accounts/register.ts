import { isoTime } from '#core/clock.ts';
import type { Source } from '#core/security/events.ts';
import type { Register } from '#protocol/accounts.ts';
import { fail, type Result } from '#protocol/failures.ts';
import type { Language } from '#protocol/people.ts';
import type { World } from './ports.ts';
import { isReserved } from './reserved-name.ts';
import { type Grant, startSession } from './session.ts';
import { isWeak, namesOf } from './weak-password.ts';

/**
 * Creates an account and logs it in. Errors: `weak_password`; `username_taken`, also for a reserved one; `registration_failed` if
 * the e-mail address is in use, which the answer doesn't say; `too_many_attempts` from the network. Refused ones count, too,
 * because they may be probes for names and addresses.
 */
export async function register(
  world: World,
  details: Register,
  source: Source,
  language: Language = 'en',
): Promise<Result<Grant>> {
  const { username, email, password, displayName = username } = details;
  if (isReserved(username)) return fail('username_taken');
  if (isWeak(password, namesOf({ ...details, displayName }), await world.commonPasswords()))
    return fail('weak_password');
  const allowed = await world.allowRegistration(source.network, world.now());
  if ('error' in allowed) {
    await world.record({ name: 'registration_refused', ...source });
    return allowed;
  }
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
  const granted = await startSession(world, account, source.device);
  await world.record({ name: 'registered', userId: account.id, familyId: granted.familyId, ...source });
  if (world.verifiedEmail !== 'off') await world.queueMail({ kind: 'verify', userId: account.id, language });
  return { ok: granted };
}
