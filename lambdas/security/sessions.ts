import { logout, refresh } from '#core/accounts/refresh.ts';
import { goneAnswer, sessionAnswer, tokenInCookie } from '#lambdas/kit/browser.ts';
import { open } from '#lambdas/kit/http.ts';
import { allowedForNetwork, source } from '#lambdas/kit/source.ts';
import { RefreshToken } from '#protocol/accounts.ts';
import { world } from './dependencies.ts';

export const sessionRoutes = {
  'POST /auth/refresh': open({ body: RefreshToken, allow: allowedForNetwork }, async ({ body, event }) =>
    sessionAnswer(
      event,
      await refresh(world, body.refreshToken ?? tokenInCookie(event, 'refresh'), await source(event)),
      200,
    ),
  ),

  'POST /auth/logout': open({ body: RefreshToken, allow: allowedForNetwork }, async ({ body, event }) => {
    await logout(world, body.refreshToken ?? tokenInCookie(event, 'refresh'), await source(event));
    return { ok: goneAnswer(event) };
  }),
};
