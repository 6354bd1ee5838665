import type { Session } from '#protocol/accounts.ts';
import { limits } from '#protocol/limits.ts';
import type { Account, LoginWorld } from './ports.ts';
import { hashSecret } from './refresh-token.ts';
import { ownUser } from './user.ts';

/** A session, its login, and when its family of refresh tokens expires, in ms since 1970. */
export interface Grant {
  readonly session: Session & { readonly refreshToken: string };
  readonly familyId: string;
  readonly refreshExpiresAt: number;
}

/** Starts a session, with a new family of refresh tokens, for a user who has just proved their identity. */
export async function startSession(world: LoginWorld, account: Account, device: string): Promise<Grant> {
  const now = world.now();
  const token = { userId: account.id, familyId: world.newId(), secret: world.newSecret() };
  const expiresAt = now + limits.refreshTokenSeconds * 1000;
  const { userId, familyId } = token;
  await world.families.start({ userId, familyId, tokenHash: hashSecret(token.secret), device, expiresAt }, now);
  const refreshToken = (await world.refreshTokens()).encode(token);
  return grant(world, account, familyId, refreshToken, expiresAt);
}

/** Returns the session for the holder of the newest refresh token of a family. */
export async function grant(
  world: LoginWorld,
  account: Account,
  familyId: string,
  refreshToken: string,
  refreshExpiresAt: number,
): Promise<Grant> {
  const accessToken = await world.signAccessToken(account.id, familyId, world.now());
  const session = {
    user: ownUser(world.users, account),
    accessToken,
    expiresIn: limits.accessTokenSeconds,
    refreshToken,
  };
  return { session, familyId, refreshExpiresAt };
}
