import * as z from 'zod/mini';
import { activityOf } from '#core/accounts/activity.ts';
import { requestEmailChange, sendVerification } from '#core/accounts/email.ts';
import { endLogin, endOtherLogins, listLogins } from '#core/accounts/logins.ts';
import { device, requestOf } from '#lambdas/kit/device.ts';
import { authenticated, httpHandler } from '#lambdas/kit/http.ts';
import { type Activity, ChangeEmail } from '#protocol/credentials.ts';
import { id } from '#protocol/values.ts';
import { world } from './dependencies.ts';
import { sessionRoutes } from './sessions.ts';

/**
 * What a person can see and do about the safety of their account without their password: their logins, their recent activity and their
 * e-mail address. Nothing here hashes a password, so those who guess passwords can't keep people from refreshing and logging out.
 */
export const handler = httpHandler({
  ...sessionRoutes,

  'POST /auth/validate': authenticated({}, async ({ userId, expiresAt }) => ({
    ok: { body: { valid: true, userId, expiresAt: new Date(expiresAt).toISOString() } },
  })),

  'GET /auth/sessions': authenticated({}, async (caller) => {
    const logins = await listLogins(world.families, caller, world.now());
    return 'error' in logins ? logins : { ok: { body: logins.ok } };
  }),

  'DELETE /auth/sessions/{id}': authenticated(
    { params: z.strictObject({ id }), cost: 10 },
    async (caller, { params, event }) => {
      const ended = await endLogin(world, caller, params.id, device(event));
      return 'error' in ended ? ended : { ok: {} };
    },
  ),

  'DELETE /auth/sessions': authenticated({ cost: 10 }, async (caller, { event }) => {
    const ended = await endOtherLogins(world, caller, device(event));
    return 'error' in ended ? ended : { ok: {} };
  }),

  'POST /auth/email/verification': authenticated({ cost: 10 }, async (caller, { event }) => {
    const sent = await sendVerification(world, caller, requestOf(event));
    return 'error' in sent ? sent : { ok: { status: 202 } };
  }),

  'PUT /users/me/email': authenticated({ body: ChangeEmail, cost: 10 }, async (caller, { body, event }) => {
    const begun = await requestEmailChange(world, caller, body.email, requestOf(event));
    return 'error' in begun ? begun : { ok: { status: 202 } };
  }),

  'GET /users/me/activity': authenticated({ cost: 2 }, async ({ userId }) => {
    const body: Activity = { events: await activityOf(world.activities, userId) };
    return { ok: { body } };
  }),
});
