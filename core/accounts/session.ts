import type { Session } from '#protocol/accounts.ts';
import { limits } from '#protocol/limits.ts';
import { newDeviceId } from './device-token.ts';
import { endSurplusLogins } from './logins.ts';
import type { Account, LoginWorld } from './ports.ts';
import { hashSecret } from './refresh-token.ts';
import { ownUser } from './user.ts';

/** A session, its login, and when its refresh token expires, in ms since 1970. */
export interface Grant {
  readonly session: Session & { readonly refreshToken: string };
  readonly familyId: string;
  readonly refreshExpiresAt: number;
}

/** A session that has just begun. */
export interface Started extends Grant {
  /** Whether no other login of the user is on a device that calls itself the same. */
  readonly isNewDevice: boolean;
}

/**
 * Starts a session, with a new family of refresh tokens, for a user who has just proved their identity. Of more than `limits.logins`
 * those end that were not used for the longest time. The session has a device token, with the id of the device if it has one already.
 */
export async function startSession(
  world: LoginWorld,
  account: Account,
  device: string,
  deviceId = newDeviceId(world.newSecret()),
): Promise<Started> {
  const now = world.now();
  const token = { userId: account.id, familyId: world.newId(), secret: world.newSecret() };
  const { userId, familyId } = token;
  const expiresAt = await world.families.start({ userId, familyId, tokenHash: hashSecret(token.secret), device }, now);
  const live = await endSurplusLogins(world, userId);
  const isNewDevice = live.every((one) => one.familyId === familyId || one.device !== device);
  const refreshToken = (await world.refreshTokens()).encode(token);
  const granted = await grant(world, account, familyId, refreshToken, expiresAt);
  const deviceToken = (await world.deviceTokens()).issue(deviceId, account, now);
  return { ...granted, session: { ...granted.session, deviceToken }, isNewDevice };
}

/** Returns the session for the holder of the newest refresh token of a family. */
export async function grant(
  world: LoginWorld,
  account: Account,
  familyId: string,
  refreshToken: string,
  refreshExpiresAt: number,
): Promise<Grant> {
  const unverified = world.verifiedEmail === 'required' && !account.emailVerified;
  const accessToken = await world.signAccessToken({ userId: account.id, familyId, unverified }, world.now());
  const session = {
    user: ownUser(world.users, account),
    accessToken,
    expiresIn: limits.accessTokenSeconds,
    refreshToken,
  };
  return { session, familyId, refreshExpiresAt };
}
