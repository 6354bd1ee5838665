import type { Source } from '#core/security/events.ts';
import { fail, type Result } from '#protocol/failures.ts';
import type { LoginWorld, SessionWorld } from './ports.ts';
import { hashSecret, type RefreshToken } from './refresh-token.ts';
import { type Grant, grant } from './session.ts';

/**
 * Spends a refresh token for a new session. The same token again gives the same successor as long as that was not used itself: the
 * answer may have been lost. After that it shows that the token was copied: `token_reused`, and the whole family is revoked
 * (RFC 9700, "Refresh Token Protection"). `unauthorized` for an unknown or expired one; `rate_limited`.
 */
export async function refresh(
  world: SessionWorld,
  presented: string | undefined,
  source: Source,
): Promise<Result<Grant>> {
  const tokens = await world.refreshTokens();
  const old = presented === undefined ? undefined : tokens.decode(presented);
  if (!old) return fail('unauthorized', 'A valid refresh token is needed.');
  const { userId, familyId } = old;
  const allowed = world.allowRefresh(userId);
  if ('error' in allowed) return allowed;
  const next = tokens.successorOf(old);
  const hashes = { old: hashSecret(old.secret), new: hashSecret(next.secret) };
  const outcome = await world.families.rotate(userId, familyId, hashes, world.now());
  if (!outcome.rotated) {
    if (!outcome.known) return fail('unauthorized', 'A valid refresh token is needed.');
    await revoke(world, old);
    // The device is the one that had the login, and the network that from which the copy came.
    const { device, wasLive } = outcome;
    if (wasLive) await world.record({ name: 'token_reused', userId, familyId, ...source, device });
    return fail('token_reused');
  }
  const account = await world.users.get(userId);
  if (!account) return fail('unauthorized', 'A valid refresh token is needed.');
  return { ok: await grant(world, account, familyId, tokens.encode(next), outcome.expiresAt) };
}

/** Revokes the family of a token, spent or not. What is no token of ours changes nothing (RFC 7009, section 2.2). */
export async function logout(world: LoginWorld, presented: string | undefined, source: Source): Promise<void> {
  const token = presented === undefined ? undefined : (await world.refreshTokens()).decode(presented);
  if (!token) return;
  await revoke(world, token);
  await world.record({ name: 'logged_out', userId: token.userId, familyId: token.familyId, ...source });
}

async function revoke(world: LoginWorld, { userId, familyId }: RefreshToken): Promise<void> {
  await world.families.revoke(userId, familyId);
  await world.closeSockets(userId, familyId);
}
