import type { AvatarUrl } from '#core/media/media.ts';
import type { Rate } from '#core/rate-limits/token-bucket.ts';
import type { Runtime } from '#core/runtime.ts';
import type { AttemptLimit, RecordEvent } from '#core/security/events.ts';
import type { Result } from '#protocol/failures.ts';
import type { Activities } from './activity.ts';
import type { DeviceTokens } from './device-token.ts';
import type { MailJob } from './mail-job.ts';
import type { MailLimits } from './mail-limits.ts';
import type { StoredToken, TokenPurpose } from './mail-token.ts';
import type { RefreshTokens } from './refresh-token.ts';

/** A user's account as it is stored. */
export interface Account {
  readonly id: string;
  readonly username: string;
  /** Lower case, as `protocol/values.ts` makes it. */
  readonly email: string;
  /** Whether the user has shown that they get mail at the address. */
  readonly emailVerified?: boolean | undefined;
  readonly displayName: string;
  readonly bio: string;
  readonly avatarMediaId?: string | undefined;
  /** PHC string. */
  readonly passwordHash: string;
  /** RFC 3339, as in the contract. */
  readonly createdAt: string;
}

/** Creates an account, or nothing. If several registrations for one name run at the same time, exactly one is `created`. */
export type CreateAccount = (account: Account) => Promise<'created' | 'username_taken' | 'email_taken'>;

export interface Users {
  /** Eventually consistent unless told otherwise. */
  get(userId: string, options?: { consistent: boolean }): Promise<Account | undefined>;
  idOfUsername(username: string): Promise<string | undefined>;
  idOfEmail(email: string): Promise<string | undefined>;
  readonly avatarUrl: AvatarUrl;
  /** Changes a profile. Returns undefined if the user doesn't exist. */
  update(userId: string, change: ProfileChange): Promise<Account | undefined>;
  /** Returns false if the user doesn't exist. */
  setPassword(userId: string, passwordHash: string): Promise<boolean>;
  /** Returns users whose username begins with `prefix`, ordered by username. */
  findByUsername(prefix: string, limit: number): Promise<Account[]>;
}

export interface ProfileChange {
  readonly displayName?: string | undefined;
  readonly bio?: string | undefined;
}

/** A login on one device: a family of refresh tokens, of which only the newest is valid. Times are in ms since 1970. */
export interface Family {
  readonly userId: string;
  readonly familyId: string;
  readonly tokenHash: string;
  /** As `device.ts` describes it. */
  readonly device: string;
}

/** A login that is not over. Times are in ms since 1970. */
export interface LiveFamily {
  readonly familyId: string;
  readonly device: string;
  readonly createdAt: number;
  /** When its token was last refreshed. */
  readonly lastUsedAt: number;
  /** Until when the login may do what needs a confirmation. 0 if it never was confirmed. */
  readonly confirmedUntil: number;
}

/** `wasLive` is whether a known token's family was not revoked yet. */
export type Rotation =
  | { readonly rotated: true; readonly expiresAt: number }
  | { readonly rotated: false; readonly known: false }
  | { readonly rotated: false; readonly known: true; readonly wasLive: boolean; readonly device: string };

export interface Families {
  /** Returns when the login ends if it isn't used, in ms since 1970. */
  start(family: Family, now: number): Promise<number>;
  /**
   * Takes the new hash if the old one is the newest. Where the new one stands there already, the same refresh was made before, and
   * that is `rotated`, too.
   */
  rotate(
    userId: string,
    familyId: string,
    hashes: { readonly old: string; readonly new: string },
    now: number,
  ): Promise<Rotation>;
  /** One login, or undefined if it is over. Read consistently. */
  get(userId: string, familyId: string, now: number): Promise<LiveFamily | undefined>;
  /** All logins of a person that are not over. Read consistently. */
  liveOf(userId: string, now: number): Promise<LiveFamily[]>;
  /** Stores until when a login is confirmed. Returns false if it was revoked. */
  confirm(userId: string, familyId: string, until: number): Promise<boolean>;
  /** Makes all tokens of a family invalid. Until the family expires, `rotate` still reports its tokens as `known`. */
  revoke(userId: string, familyId: string): Promise<void>;
}

/** The tokens of mails that were sent to a user. The methods that use one return false if it was used, is too old, or doesn't fit. */
export interface MailTokens {
  add(userId: string, token: StoredToken): Promise<void>;
  /** Returns undefined if there is no such token, or not any more. Read consistently. */
  find(userId: string, hash: string, now: number): Promise<StoredToken | undefined>;
  /** Removes all tokens of a user that are for one of the purposes. */
  remove(userId: string, purposes: readonly TokenPurpose[]): Promise<void>;
  /** Sets the password, and that the address is verified, if it still is the one that the token was sent to. */
  resetPassword(userId: string, token: StoredToken, passwordHash: string, now: number): Promise<boolean>;
  /** Sets that the address is verified, if it still is the one that the token was sent to. */
  verifyEmail(userId: string, token: StoredToken, now: number): Promise<boolean>;
  /** Replaces the address `former` by the one that the token was sent to, if no account has it. */
  changeEmail(userId: string, token: StoredToken, former: string, now: number): Promise<boolean>;
}

/** What attempts are counted for, and how many may be made. */
export interface Subject {
  readonly kind: AttemptLimit;
  readonly id: string;
  readonly rate: Rate;
}

/** Whether attempts were counted. If not, it is a subject that is used up, and the time after which it isn't. */
export type Taken =
  | { readonly done: true }
  | { readonly done: false; readonly usedUp: Subject; readonly waitMs: number };

export interface Attempts {
  /** Counts an attempt for all subjects, or for none. */
  take(subjects: readonly Subject[], now: number): Promise<Taken>;
  /** Takes back an attempt that was no guess. */
  giveBack(subjects: readonly Subject[], now: number): Promise<void>;
}

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Compares a password with a hash. Without a hash the result is false, after the same time. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}

/**
 * What a deployment makes of addresses that aren't verified. `required`: who hasn't verified theirs may manage their account and do
 * nothing else. `optional`: they are asked to. `off`: they aren't asked.
 */
export type VerifiedEmail = 'required' | 'optional' | 'off';

/** What starting a login, going on with it and ending it need of the world. */
export interface LoginWorld extends Pick<Runtime, 'now'> {
  readonly users: Users;
  readonly families: Families;
  readonly activities: Pick<Activities, 'newest'>;
  readonly record: RecordEvent;
  readonly mailTokens: MailTokens;
  readonly mailLimits: MailLimits;
  /** Has a mail written. It never fails: what was done already is not undone by a mail that isn't sent. */
  readonly queueMail: (job: MailJob) => Promise<void>;
  readonly refreshTokens: () => Promise<RefreshTokens>;
  readonly deviceTokens: () => Promise<DeviceTokens>;
  /** Signs an access token that lives for `limits.accessTokenSeconds`. */
  readonly signAccessToken: (
    login: { readonly userId: string; readonly familyId: string; readonly unverified: boolean },
    now: number,
  ) => Promise<string>;
  readonly verifiedEmail: VerifiedEmail;
  readonly closeSockets: (userId: string, familyId: string) => Promise<void>;
  readonly newId: () => string;
  /** 32 random bytes. */
  readonly newSecret: () => Uint8Array;
}

/** What needs a password, in addition. */
export interface World extends LoginWorld {
  /** Takes a new account from what a network may create. Error: `too_many_attempts`. */
  readonly allowRegistration: (network: string, now: number) => Promise<Result<void>>;
  readonly createAccount: CreateAccount;
  readonly attempts: Attempts;
  readonly passwords: Passwords;
  readonly commonPasswords: () => Promise<ReadonlySet<string>>;
}

/** What refreshing needs, in addition. */
export interface SessionWorld extends LoginWorld {
  /** Takes a refresh from what a person may do. Error: `rate_limited`. */
  readonly allowRefresh: (userId: string) => Result<void>;
}
