import * as z from 'zod/mini';
import * as value from './values.ts';

export const User = z.object({
  id: value.id,
  username: value.username,
  displayName: z.string(),
  bio: z.string(),
  avatarUrl: z.nullable(z.string()),
  createdAt: value.time,
  /** Only in answers about oneself. */
  email: z.optional(z.string()),
});

export const Session = z.object({
  user: User,
  accessToken: z.string(),
  /** Life of the access token in seconds. */
  expiresIn: z.int(),
  /** Left out where a browser keeps it: our own page gets it as a cookie that its scripts can't read. */
  refreshToken: z.optional(z.string()),
});

export const Register = z.strictObject({
  username: value.username,
  email: value.email,
  password: value.password,
  displayName: z.optional(value.displayName),
});

export const Login = z.strictObject({
  /** Username or e-mail. */
  login: z.string().check(
    z.refine((login) => login.isWellFormed(), 'must be well-formed Unicode'),
    z.trim(),
    z.toLowerCase(),
    z.minLength(1),
    z.maxLength(254),
  ),
  /** Not held to the rules for new passwords: a wrong one is `bad_credentials`, whatever its shape. */
  password: z.string().check(z.maxLength(1_024)),
});

/** For refresh and logout. Browsers leave the token out and send it as a cookie. What is none is `unauthorized`, not ill-formed. */
export const RefreshToken = z.strictObject({ refreshToken: z.optional(z.string().check(z.maxLength(4_096))) });

export const TokenValidity = z.object({ valid: z.literal(true), userId: value.id, expiresAt: value.time });

export const UpdateUser = z.strictObject({
  displayName: z.optional(value.displayName),
  bio: z.optional(value.bio),
  /** An image that was uploaded as an avatar, and is `ready`. */
  avatarMediaId: z.optional(value.id),
});

export const FindUsers = z.strictObject({
  username: z.string().check(z.toLowerCase(), z.regex(/^[a-z0-9_.-]{1,32}$/, 'must be 1 to 32 of a-z 0-9 _ . -')),
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
