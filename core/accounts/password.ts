import { fail, type Result } from '#protocol/failures.ts';
import type { Caller } from './caller.ts';
import { requireConfirmation } from './confirm.ts';
import { endAllLogins } from './logins.ts';
import type { World } from './ports.ts';
import type { Request } from './recovery.ts';
import { isWeak, namesOf } from './weak-password.ts';

/**
 * Changes the caller's password and ends all their other logins. Errors: `confirmation_required`, `unauthorized` if the login is
 * over, `weak_password`.
 */
export async function changePassword(
  world: World,
  caller: Caller,
  newPassword: string,
  { device, language }: Request,
): Promise<Result<void>> {
  const { userId, familyId } = caller;
  const confirmed = await requireConfirmation(world.families, caller, world.now());
  if ('error' in confirmed) return confirmed;
  const account = await world.users.get(userId);
  if (!account) return fail('unauthorized');
  if (isWeak(newPassword, namesOf(account), await world.commonPasswords())) return fail('weak_password');
  const passwordHash = await world.passwords.hash(newPassword);
  // Twice: a failure in between leaves no login that knows only the old password, and one that was begun with it meanwhile ends.
  await endAllLogins(world, userId, familyId);
  if (!(await world.users.setPassword(userId, passwordHash))) return fail('unauthorized');
  await endAllLogins(world, userId, familyId);
  await world.mailTokens.remove(userId, ['reset']);
  const at = world.now();
  await world.record({ name: 'password_changed', userId, familyId, device });
  await world.queueMail({ kind: 'notice', notice: 'password_changed', userId, device, at, language });
  return { ok: undefined };
}
