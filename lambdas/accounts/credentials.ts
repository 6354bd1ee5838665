import { confirm } from '#core/accounts/confirm.ts';
import { changePassword } from '#core/accounts/password.ts';
import { device } from '#lambdas/kit/device.ts';
import { authenticated } from '#lambdas/kit/http.ts';
import { source } from '#lambdas/kit/source.ts';
import { ChangePassword, Confirm } from '#protocol/credentials.ts';
import { world } from './dependencies.ts';

export const credentialRoutes = {
  'POST /auth/confirm': authenticated({ body: Confirm, cost: 10 }, async (caller, { body, event }) => {
    const confirmed = await confirm(world, caller, body.password, await source(event));
    return 'error' in confirmed ? confirmed : { ok: {} };
  }),

  'POST /auth/password': authenticated({ body: ChangePassword, cost: 50 }, async (caller, { body, event }) => {
    const changed = await changePassword(world, caller, body.newPassword, device(event));
    return 'error' in changed ? changed : { ok: {} };
  }),
};
