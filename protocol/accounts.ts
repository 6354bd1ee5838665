import * as z from 'zod/mini';
import { canonicalAddress } from './email-address.ts';
import * as value from './values.ts';

export const User = z.object({
  id: value.id,
  username: value.username,
  displayName: z.string(),
  bio: z.string(),
  avatarUrl: z.nullable(z.string()),
  createdAt: value.time,
  /** Present only when the user is the caller. */
  email: z.optional(z.string()),
  /** Present only when the user is the caller: whether they have shown that they get mail at the address. */
  emailVerified: z.optional(z.boolean()),
});

export const Session = z.object({
  user: User,
  accessToken: z.string(),
  /** Lifetime of the access token in seconds. */
  expiresIn: z.int(),
  /** Missing when the caller is the server's own page: its browser keeps the token in a cookie that scripts can't read. */
  refreshToken: z.optional(z.string()),
  /**
   * After a registration or a login: shows at a later login that this device has logged in before, so that those who guess the
   * password elsewhere can't lock it out. Keep it after a logout. The server's own page has it as a cookie.
   */
  deviceToken: z.optional(z.string()),
});

export const Register = z.strictObject({
  username: value.username,
  email: value.email,
  password: value.password,
  displayName: z.optional(value.displayName),
});

export const Login = z.strictObject({
  /** A username or an e-mail address. */
  login: value.bounded(
    254,
    z.refine((login) => login.isWellFormed(), 'must be well-formed Unicode'),
    z.trim(),
    z.toLowerCase(),
    z.overwrite((login) => canonicalAddress(login) ?? login),
    z.minLength(1),
  ),
  /** The rules for new passwords don't apply here: a wrong password answers `bad_credentials`, whatever it looks like. */
  password: value.bounded(1_024),
  /** The `deviceToken` of an earlier session. One that isn't valid any more changes nothing. */
  deviceToken: z.optional(value.bounded(4_096)),
});

/**
 * The body of refresh and logout. The server's own page sends the token as a cookie and leaves it out here. A text that is no
 * token answers `unauthorized` to a refresh, not `bad_request`.
 */
export const RefreshToken = z.strictObject({ refreshToken: z.optional(value.bounded(4_096)) });

export const TokenValidity = z.object({ valid: z.literal(true), userId: value.id, expiresAt: value.time });

export const UpdateUser = z.strictObject({
  displayName: z.optional(value.displayName),
  bio: z.optional(value.bio),
  /** The id of an image that the caller has uploaded as an avatar and that is `ready`. */
  avatarMediaId: z.optional(value.id),
});

export const FindUsers = z.strictObject({
  username: value.bounded(32, z.toLowerCase(), z.regex(/^[a-z0-9_.-]{1,32}$/, 'must be 1 to 32 of a-z 0-9 _ . -')),
  limit: value.pageSize,
});

export const Users = z.object({ users: z.array(User) });

export type User = z.infer<typeof User>;
export type Session = z.infer<typeof Session>;
export type Register = z.infer<typeof Register>;
export type Login = z.infer<typeof Login>;
export type UpdateUser = z.infer<typeof UpdateUser>;
export type FindUsers = z.infer<typeof FindUsers>;
export type Users = z.infer<typeof Users>;
