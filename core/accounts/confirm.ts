import type { Source } from '#core/security/events.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import { confirmationSubjects, limited } from './attempts.ts';
import type { Caller } from './caller.ts';
import type { Families, World } from './ports.ts';

/**
 * Confirms a login by the password, for `limits.confirmationSeconds`. Errors: `bad_credentials`; `too_many_attempts`, which are
 * counted for this login alone: a stolen access token can't lock the owner out elsewhere, and strangers who guess at the
 * account don't keep the owner from confirming; `unauthorized` if the login is over.
 */
export async function confirm(
  world: Pick<World, 'users' | 'families' | 'attempts' | 'passwords' | 'now' | 'record'>,
  { userId, familyId }: Caller,
  password: string,
  source: Source,
): Promise<Result<void>> {
  const { users, families, passwords, record } = world;
  const live = await families.get(userId, familyId, world.now());
  const account = live && (await users.get(userId));
  if (!account) return fail('unauthorized');
  const whose = { userId, familyId, ...source };
  const ways = [confirmationSubjects(familyId)];
  return limited(world, ways, { name: 'confirmation_refused', ...whose }, async () => {
    if (!(await passwords.verify(password, account.passwordHash))) {
      await record({ name: 'confirmation_failed', ...whose });
      return fail('bad_credentials');
    }
    const until = world.now() + limits.confirmationSeconds * 1000;
    if (!(await families.confirm(userId, familyId, until))) return fail('unauthorized');
    await record({ name: 'confirmed', ...whose });
    return { ok: undefined };
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
