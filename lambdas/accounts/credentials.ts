import { confirm } from '#core/accounts/confirm.ts';
import { verifyEmail } from '#core/accounts/email.ts';
import { changePassword } from '#core/accounts/password.ts';
import { forgotPassword, resetPassword } from '#core/accounts/recovery.ts';
import { requestOf } from '#lambdas/kit/device.ts';
import { type Answer, authenticated, open } from '#lambdas/kit/http.ts';
import { allowedForNetwork, source } from '#lambdas/kit/source.ts';
import { ChangePassword, Confirm, ForgotPassword, ResetPassword, VerifyEmail } from '#protocol/credentials.ts';
import type { Result } from '#protocol/failures.ts';
import { world } from './dependencies.ts';

export const credentialRoutes = {
  'POST /auth/confirm': authenticated({ body: Confirm, cost: 10 }, async (caller, { body, event }) =>
    done(await confirm(world, caller, body.password, await source(event))),
  ),

  'POST /auth/password': authenticated({ body: ChangePassword, cost: 50 }, async (caller, { body, event }) =>
    done(await changePassword(world, caller, body.newPassword, requestOf(event))),
  ),

  'POST /auth/password/forgot': open({ body: ForgotPassword, allow: allowedForNetwork }, async ({ body, event }) => {
    await forgotPassword(world, body.email, (await source(event)).network, requestOf(event));
    return { ok: { status: 202 } };
  }),

  'POST /auth/password/reset': open({ body: ResetPassword, allow: allowedForNetwork }, async ({ body, event }) =>
    done(await resetPassword(world, body, requestOf(event))),
  ),

  'POST /auth/email/verify': open({ body: VerifyEmail, allow: allowedForNetwork }, async ({ body, event }) =>
    done(await verifyEmail(world, body.token, requestOf(event))),
  ),
};

function done(result: Result<void>): Result<Answer> {
  return 'error' in result ? result : { ok: {} };
}
