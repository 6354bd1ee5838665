import type { FindUsers, Users as FoundUsers, UpdateUser, User } from '#protocol/accounts.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { changeAvatar } from './avatar.ts';
import type { Users } from './ports.ts';
import { ownUser, publicUser } from './user.ts';

/** Returns the caller's own user. Error: `unauthorized`, if the account was just erased. */
export async function me(users: Users, callerId: string): Promise<Result<User>> {
  const account = await users.get(callerId);
  return account ? { ok: ownUser(users, account) } : fail('unauthorized');
}

/** Returns a user as others see them. Error: `not_found`. */
export async function getUser(users: Users, userId: string): Promise<Result<User>> {
  const account = await users.get(userId);
  return account ? { ok: publicUser(users, account) } : fail('not_found');
}

/** Changes the caller's own profile. Errors: `forbidden` for another user's profile, `not_found`. */
export async function updateUser(
  users: Users,
  avatars: Parameters<typeof changeAvatar>[1],
  callerId: string,
  userId: string,
  { avatarMediaId, ...change }: UpdateUser,
): Promise<Result<User>> {
  if (userId !== callerId) return fail('forbidden');
  const changed = avatarMediaId === undefined ? { ok: {} } : await changeAvatar(users, avatars, userId, avatarMediaId);
  if ('error' in changed) return changed;
  const account = await users.update(userId, change);
  return account ? { ok: ownUser(users, account) } : fail('not_found');
}

/** Returns the users whose username begins with the query's text. */
export async function findUsers(users: Users, { username, limit }: FindUsers): Promise<Result<FoundUsers>> {
  const accounts = await users.findByUsername(username, limit);
  return { ok: { users: accounts.map((account) => publicUser(users, account)) } };
}
