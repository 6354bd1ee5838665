import { fail, type Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import { addressSubject, confirmationSubject, limited } from './attempts.ts';
import type { Caller } from './caller.ts';
import type { Families, World } from './ports.ts';

/**
 * Confirms a login by the password, for `limits.confirmationSeconds`. Errors: `bad_credentials`; `too_many_attempts`, which are
 * counted for this login and the address: a stolen access token can't lock the owner out elsewhere, and strangers who guess at the
 * account don't keep the owner from confirming; `unauthorized` if the login is over.
 */
export async function confirm(
  world: Pick<World, 'users' | 'families' | 'attempts' | 'passwords' | 'now'>,
  { userId, familyId }: Caller,
  password: string,
  address: string,
): Promise<Result<void>> {
  const { users, families, attempts, passwords } = world;
  const live = await families.get(userId, familyId, world.now());
  const account = live && (await users.get(userId));
  if (!account) return fail('unauthorized');
  const subjects = [addressSubject(address), confirmationSubject(familyId)];
  return limited(attempts, subjects, world.now(), async () => {
    if (!(await passwords.verify(password, account.passwordHash))) return fail('bad_credentials');
    const until = world.now() + limits.confirmationSeconds * 1000;
    return (await families.confirm(userId, familyId, until)) ? { ok: undefined } : fail('unauthorized');
  });
}

/** Errors: `confirmation_required` if the caller's login isn't confirmed, `unauthorized` if it is over. */
export async function requireConfirmation(
  families: Pick<Families, 'get'>,
  { userId, familyId }: Caller,
  now: number,
): Promise<Result<void>> {
  const family = await families.get(userId, familyId, now);
  if (!family) return fail('unauthorized');
  return family.confirmedUntil > now ? { ok: undefined } : fail('confirmation_required');
}
