import { authenticated } from '#lambdas/kit/http.ts';
import { fail } from '#protocol/failures.ts';
import { type Settings, UpdateSettings } from '#protocol/people.ts';
import { sessions } from './dependencies.ts';

export const settingRoutes = {
  'GET /users/me/settings': authenticated({}, async ({ userId }) => answer(await sessions.settings(userId))),

  'PATCH /users/me/settings': authenticated({ body: UpdateSettings, cost: 5 }, async ({ userId }, { body }) =>
    answer(await sessions.updateSettings(userId, body)),
  ),
};

/** Settings are missing if the account was just erased. */
function answer(settings: Settings | undefined) {
  return settings ? { ok: { body: settings } } : fail('not_found');
}
