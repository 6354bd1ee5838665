import type { FindUsers, Users as FoundUsers, UpdateUser, User } from '#protocol/accounts.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { changeAvatar } from './avatar.ts';
import type { Users } from './ports.ts';
import { ownUser, publicUser } from './user.ts';

/** A person as they see themselves. A token may outlive its account by some minutes: then it is `unauthorized`. */
export async function me(users: Users, callerId: string): Promise<Result<User>> {
  const account = await users.get(callerId);
  return account ? { ok: ownUser(users, account) } : fail('unauthorized');
}

/** A person as others see them. */
export async function getUser(users: Users, userId: string): Promise<Result<User>> {
  const account = await users.get(userId);
  return account ? { ok: publicUser(users, account) } : fail('not_found');
}

/** Changes one's own profile; `forbidden` for another's. */
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

/** People whose username starts with what the query says. */
export async function findUsers(users: Users, { username, limit }: FindUsers): Promise<Result<FoundUsers>> {
  const accounts = await users.findByUsername(username, limit);
  return { ok: { users: accounts.map((account) => publicUser(users, account)) } };
}
