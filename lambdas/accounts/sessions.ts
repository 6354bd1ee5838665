import { login } from '#core/accounts/login.ts';
import { logout, refresh } from '#core/accounts/refresh.ts';
import { register } from '#core/accounts/register.ts';
import { device } from '#lambdas/kit/device.ts';
import { open } from '#lambdas/kit/http.ts';
import { Login, RefreshToken, Register } from '#protocol/accounts.ts';
import { goneAnswer, sessionAnswer, tokenInCookie } from './browser.ts';
import { world } from './dependencies.ts';
import { source } from './source.ts';

export const sessionRoutes = {
  'POST /auth/register': open({ body: Register }, async ({ body, event }) =>
    sessionAnswer(event, await register(world, body, await source(event), device(event)), 201),
  ),

  'POST /auth/login': open({ body: Login }, async ({ body, event }) =>
    sessionAnswer(event, await login(world, body, await source(event), device(event)), 200),
  ),

  'POST /auth/refresh': open({ body: RefreshToken }, async ({ body, event }) =>
    sessionAnswer(event, await refresh(world, body.refreshToken ?? tokenInCookie(event)), 200),
  ),

  'POST /auth/logout': open({ body: RefreshToken }, async ({ body, event }) => {
    await logout(world, body.refreshToken ?? tokenInCookie(event));
    return { ok: goneAnswer(event) };
  }),
};
