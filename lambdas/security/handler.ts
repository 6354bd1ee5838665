import * as z from 'zod/mini';
import { activityOf } from '#core/accounts/activity.ts';
import { endLogin, endOtherLogins, listLogins } from '#core/accounts/logins.ts';
import { device } from '#lambdas/kit/device.ts';
import { authenticated, httpHandler } from '#lambdas/kit/http.ts';
import type { Activity } from '#protocol/credentials.ts';
import { id } from '#protocol/values.ts';
import { world } from './dependencies.ts';
import { sessionRoutes } from './sessions.ts';

/**
 * What a person can see and do about the safety of their account without their password: their logins and recent activity. Nothing
 * here hashes a password, so those who guess passwords can't keep people from refreshing and logging out.
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

  'GET /users/me/activity': authenticated({ cost: 2 }, async ({ userId }) => {
    const body: Activity = { events: await activityOf(world.activities, userId) };
    return { ok: { body } };
  }),
});
