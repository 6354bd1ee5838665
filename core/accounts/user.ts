import type { User } from '#protocol/accounts.ts';
import type { Account, Users } from './ports.ts';

/** Returns the part of an account that every user may see. */
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

/** Returns an account as its own user sees it. */
export function ownUser(users: Pick<Users, 'avatarUrl'>, account: Account): User {
  return { ...publicUser(users, account), email: account.email, emailVerified: account.emailVerified ?? false };
}
