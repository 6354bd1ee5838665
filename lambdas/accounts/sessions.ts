import { login } from '#core/accounts/login.ts';
import { register } from '#core/accounts/register.ts';
import { sessionAnswer } from '#lambdas/kit/browser.ts';
import { device } from '#lambdas/kit/device.ts';
import { open } from '#lambdas/kit/http.ts';
import { allowedForNetwork, source } from '#lambdas/kit/source.ts';
import { Login, Register } from '#protocol/accounts.ts';
import { world } from './dependencies.ts';

export const sessionRoutes = {
  'POST /auth/register': open({ body: Register, allow: allowedForNetwork }, async ({ body, event }) =>
    sessionAnswer(event, await register(world, body, await source(event), device(event)), 201),
  ),

  'POST /auth/login': open({ body: Login, allow: allowedForNetwork }, async ({ body, event }) =>
    sessionAnswer(event, await login(world, body, await source(event), device(event)), 200),
  ),
};
