import { fail, type Result } from '#protocol/failures.ts';
import type { Caller } from './caller.ts';
import { requireConfirmation } from './confirm.ts';
import { askingRates } from './mail-limits.ts';
import { decodeMailToken } from './mail-token.ts';
import type { World } from './ports.ts';
import type { Request } from './recovery.ts';

type MailWorld = Pick<World, 'users' | 'families' | 'mailTokens' | 'mailLimits' | 'queueMail' | 'record' | 'now'>;

/**
 * Has the mail sent again that verifies the caller's address; none if it is verified. Errors: `rate_limited`, `unauthorized` if the
 * login is over.
 */
export async function sendVerification(
  world: MailWorld,
  { userId, familyId }: Caller,
  { language }: Request,
): Promise<Result<void>> {
  const live = await world.families.get(userId, familyId, world.now());
  const account = live && (await world.users.get(userId));
  if (!account) return fail('unauthorized');
  if (account.emailVerified) return { ok: undefined };
  const allowed = await world.mailLimits.take(`account#${userId}`, askingRates.account, world.now());
  if ('ok' in allowed) await world.queueMail({ kind: 'verify', userId, language });
  return allowed;
}

/**
 * Begins the change of the caller's address: a link goes to the new one, which becomes the account's when it is used, and a notice to
 * the present one. Whether another account has the address is found out when the mail is written, and told to nobody. Errors:
 * `confirmation_required`, `rate_limited`, `unauthorized` if the login is over.
 */
export async function requestEmailChange(
  world: MailWorld,
  caller: Caller,
  email: string,
  request: Request,
): Promise<Result<void>> {
  const { userId } = caller;
  const confirmed = await requireConfirmation(world.families, caller, world.now());
  if ('error' in confirmed) return confirmed;
  const account = await world.users.get(userId);
  if (!account) return fail('unauthorized');
  if (email === account.email) return sendVerification(world, caller, request);
  const allowed = await world.mailLimits.take(`account#${userId}`, askingRates.account, world.now());
  if ('error' in allowed) return allowed;
  const { device, language } = request;
  const at = world.now();
  await world.queueMail({ kind: 'notice', notice: 'email_change_requested', userId, device, at, language });
  await world.queueMail({ kind: 'change', userId, email, language });
  await world.record({ name: 'email_change_requested', userId, familyId: caller.familyId, device });
  return { ok: undefined };
}

/**
 * Verifies an address with the token from its mail, which is good for once. If it is another one than the account's, it becomes the
 * account's, and the former one is told. Error: `invalid_token`, also if another account has got the address meanwhile.
 */
export async function verifyEmail(
  world: MailWorld,
  token: string,
  { device, language }: Request,
): Promise<Result<void>> {
  const at = world.now();
  const presented = decodeMailToken(token);
  const stored = presented && (await world.mailTokens.find(presented.userId, presented.hash, at));
  if (!presented || !stored || stored.purpose === 'reset') return fail('invalid_token');
  const { userId } = presented;
  if (stored.purpose === 'verify') {
    if (!(await world.mailTokens.verifyEmail(userId, stored, at))) return fail('invalid_token');
    await world.record({ name: 'email_verified', userId, device });
    return { ok: undefined };
  }
  const account = await world.users.get(userId, { consistent: true });
  const changed = account && (await world.mailTokens.changeEmail(userId, stored, account.email, at));
  if (!changed) return fail('invalid_token');
  // What was sent to the former address opens nothing any more.
  await world.mailTokens.remove(userId, ['reset', 'verify', 'change']);
  await world.record({ name: 'email_changed', userId, device });
  await world.queueMail({ kind: 'email_changed', userId, former: account.email, device, at, language });
  return { ok: undefined };
}
