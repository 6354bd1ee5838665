import * as z from 'zod/mini';
import { limits } from './limits.ts';
import * as value from './values.ts';

export const Confirm = z.strictObject({
  /** The rules for new passwords don't apply here: a wrong password answers `bad_credentials`, whatever it looks like. */
  password: value.bounded(1_024),
});

export const ChangePassword = z.strictObject({ newPassword: value.password });

export const ForgotPassword = z.strictObject({ email: value.email });

/** A token from a mail. A text that is no token answers `invalid_token`, not `bad_request`. */
export const mailToken = value.bounded(4_096);

export const ResetPassword = z.strictObject({ token: mailToken, newPassword: value.password });

export const VerifyEmail = z.strictObject({ token: mailToken });

export const ChangeEmail = z.strictObject({ email: value.email });

/** A login that is not over: an app or a browser in which the person is signed in. */
export const LoginSession = z.object({
  id: value.id,
  /** What the device calls itself, in short and in English, such as `Firefox on Linux`. */
  device: z.string(),
  createdAt: value.time,
  /** When it was last refreshed. An app that is used refreshes its session every few minutes. */
  lastUsedAt: value.time,
  /** Whether it is the login that asks. */
  current: z.boolean(),
});

export const LoginSessions = z.object({ sessions: z.array(LoginSession) });

/** What happened to an account: a login, or a change of what opens it or of what leaves it. */
export const activityTypes = [
  'login',
  'session_ended',
  'token_reused',
  'password_changed',
  'password_reset',
  'email_change_requested',
  'email_changed',
  'email_verified',
  'exported',
] as const;

export const ActivityType = z.enum(activityTypes);

export const ActivityEvent = z.object({
  type: ActivityType,
  at: value.time,
  /** The device that did it, as in `LoginSession`. */
  device: z.string(),
});

/** The newest events of the last 90 days, newest first. */
export const Activity = z.object({ events: z.array(ActivityEvent).check(z.maxLength(limits.activityEvents)) });

export type LoginSession = z.infer<typeof LoginSession>;
export type LoginSessions = z.infer<typeof LoginSessions>;
export type ActivityEvent = z.infer<typeof ActivityEvent>;
export type ActivityType = z.infer<typeof ActivityType>;
export type Activity = z.infer<typeof Activity>;
