import { fail, type Result } from '#protocol/failures.ts';
import type { Language } from '#protocol/people.ts';
import { endAllLogins } from './logins.ts';
import { askingRates } from './mail-limits.ts';
import { decodeMailToken } from './mail-token.ts';
import type { World } from './ports.ts';
import { isWeak, namesOf } from './weak-password.ts';

/** A request as mails tell of it. */
export interface Request {
  /** As `device.ts` describes it. */
  readonly device: string;
  readonly language: Language;
}

/**
 * Has a link for a new password sent, if an account has this address. Whether one has is found out when the mail is written, so the
 * answer and its time don't tell it. A network that asks too often gets the same answer, and no mail.
 */
export async function forgotPassword(
  world: Pick<World, 'mailLimits' | 'queueMail' | 'now'>,
  email: string,
  network: string,
  { language }: Request,
): Promise<void> {
  const allowed = await world.mailLimits.take(`network#${network}`, askingRates.network, world.now());
  if ('ok' in allowed) await world.queueMail({ kind: 'reset', email, language });
}

/**
 * Sets a new password with a token from a mail, which is good for once, and ends all logins. The token shows that its mail was read,
 * so the address is verified, too. Errors: `invalid_token`, `weak_password` (the token stays good).
 */
export async function resetPassword(
  world: World,
  { token, newPassword }: { readonly token: string; readonly newPassword: string },
  { device, language }: Request,
): Promise<Result<void>> {
  const now = world.now();
  const presented = decodeMailToken(token);
  const stored = presented && (await world.mailTokens.find(presented.userId, presented.hash, now));
  if (!presented || stored?.purpose !== 'reset') return fail('invalid_token');
  const { userId } = presented;
  const account = await world.users.get(userId, { consistent: true });
  if (account?.email !== stored.email) return fail('invalid_token');
  if (isWeak(newPassword, namesOf(account), await world.commonPasswords())) return fail('weak_password');
  const passwordHash = await world.passwords.hash(newPassword);
  // Twice, as in `changePassword`.
  await endAllLogins(world, userId);
  if (!(await world.mailTokens.resetPassword(userId, stored, passwordHash, now))) return fail('invalid_token');
  await endAllLogins(world, userId);
  await world.mailTokens.remove(userId, ['reset']);
  await world.record({ name: 'password_reset', userId, device });
  await world.queueMail({ kind: 'notice', notice: 'password_changed', userId, device, at: now, language });
  return { ok: undefined };
}
