import type { User } from '#protocol/accounts.ts';
import type { Account, Users } from './ports.ts';

/** What everyone may know of a person. */
export function publicUser({ avatarUrl }: Pick<Users, 'avatarUrl'>, account: Account): User {
  const { id, username, displayName, bio, avatarMediaId, createdAt } = account;
  return {
    id,
    username,
    displayName,
    bio,
    avatarUrl: avatarMediaId === undefined ? null : avatarUrl(avatarMediaId),
    createdAt,
  };
}

/** What a person is told of themselves. */
export function ownUser(users: Pick<Users, 'avatarUrl'>, account: Account): User {
  return { ...publicUser(users, account), email: account.email };
}
