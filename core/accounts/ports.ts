import type { AvatarUrl } from '#core/media/media.ts';
import type { Runtime } from '#core/runtime.ts';
import type { Result } from '#protocol/failures.ts';
import type { RefreshTokens } from './refresh-token.ts';

/** A person as we keep them. */
export interface Account {
  readonly id: string;
  readonly username: string;
  /** Lower case, as `protocol/values.ts` makes it. */
  readonly email: string;
  readonly displayName: string;
  readonly bio: string;
  readonly avatarMediaId?: string | undefined;
  /** PHC string. */
  readonly passwordHash: string;
  /** RFC 3339, as in the contract. */
  readonly createdAt: string;
}

/** All or nothing; of registrations at the same time for one name exactly one is `created`. */
export type CreateAccount = (account: Account) => Promise<'created' | 'username_taken' | 'email_taken'>;

export interface Users {
  get(userId: string): Promise<Account | undefined>;
  idOfUsername(username: string): Promise<string | undefined>;
  idOfEmail(email: string): Promise<string | undefined>;
  readonly avatarUrl: AvatarUrl;
  /** Undefined when there is no such user. */
  update(userId: string, change: ProfileChange): Promise<Account | undefined>;
  /** In the order of their usernames. */
  findByUsername(prefix: string, limit: number): Promise<Account[]>;
}

export interface ProfileChange {
  readonly displayName?: string | undefined;
  readonly bio?: string | undefined;
}

/** A login on one device: the line of refresh tokens of which only the newest counts. Times in ms since 1970. */
export interface Family {
  readonly userId: string;
  readonly familyId: string;
  readonly tokenHash: string;
  readonly expiresAt: number;
}

export interface Families {
  start(family: Family, now: number): Promise<void>;
  /**
   * Takes the new hash if the old one is the newest. Where the new one stands there already, the same refresh was made before, and
   * that is `rotated`, too.
   */
  rotate(
    userId: string,
    familyId: string,
    hashes: { readonly old: string; readonly new: string },
    now: number,
  ): Promise<
    { readonly rotated: true; readonly expiresAt: number } | { readonly rotated: false; readonly known: boolean }
  >;
  /** No token of the family counts from now on; a presented one is `known` until the family's time is over. */
  revoke(userId: string, familyId: string): Promise<void>;
}

/** A counted attempt, to be given back when it was a rightful one. */
export interface Attempt {
  readonly subject: string;
  /** End of the window in which it was counted, in s since 1970. */
  readonly windowEnd: number;
}

export interface Attempts {
  /** Counts an attempt unless `limit` were counted in the window already; then `too_many_attempts`. */
  count(subject: string, limit: number, now: number): Promise<Result<Attempt>>;
  giveBack(attempt: Attempt): Promise<void>;
}

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Takes as long without a hash to compare with, and is false then. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}

/** Everything that the use cases of accounts need of the world. */
export interface World extends Pick<Runtime, 'now'> {
  readonly createAccount: CreateAccount;
  readonly users: Users;
  readonly families: Families;
  readonly attempts: Attempts;
  readonly passwords: Passwords;
  readonly commonPasswords: () => Promise<ReadonlySet<string>>;
  readonly refreshTokens: () => Promise<RefreshTokens>;
  /** Signs an access token that lives for `limits.accessTokenSeconds`. */
  readonly signAccessToken: (userId: string, familyId: string, now: number) => Promise<string>;
  readonly closeSockets: (userId: string, familyId: string) => Promise<void>;
  readonly newId: () => string;
  readonly newSecret: () => Uint8Array;
}
