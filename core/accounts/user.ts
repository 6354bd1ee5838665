import type { User } from '../../protocol/accounts.ts';
import type { Account } from './ports.ts';

/** What everyone may know of a person. */
export function publicUser({ id, username, displayName, bio, createdAt }: Account): User {
  return { id, username, displayName, bio, avatarUrl: null, createdAt };
}

/** What a person is told of themselves. */
export function ownUser(account: Account): User {
  return { ...publicUser(account), email: account.email };
}
