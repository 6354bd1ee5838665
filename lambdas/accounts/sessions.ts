import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { login } from '#core/accounts/login.ts';
import { logout } from '#core/accounts/refresh.ts';
import { register } from '#core/accounts/register.ts';
import type { Grant } from '#core/accounts/session.ts';
import { sessionAnswer, tokenInCookie } from '#lambdas/kit/browser.ts';
import { requestOf } from '#lambdas/kit/device.ts';
import { open } from '#lambdas/kit/http.ts';
import { allowedForNetwork, source } from '#lambdas/kit/source.ts';
import { Login, Register } from '#protocol/accounts.ts';
import type { Result } from '#protocol/failures.ts';
import { world } from './dependencies.ts';

/** A login replaces the cookie of the one before, which nobody could end any more: it ends here. */
async function replacing(event: APIGatewayProxyEventV2, result: Result<Grant>): Promise<Result<Grant>> {
  if ('ok' in result) await logout(world, tokenInCookie(event, 'refresh'), await source(event));
  return result;
}

export const sessionRoutes = {
  'POST /auth/register': open({ body: Register, allow: allowedForNetwork }, async ({ body, event }) =>
    sessionAnswer(
      event,
      await replacing(event, await register(world, body, await source(event), requestOf(event).language)),
      201,
    ),
  ),

  'POST /auth/login': open({ body: Login, allow: allowedForNetwork }, async ({ body, event }) => {
    const deviceToken = body.deviceToken ?? tokenInCookie(event, 'device');
    const result = await login(world, { ...body, deviceToken }, await source(event), requestOf(event).language);
    return sessionAnswer(event, await replacing(event, result), 200);
  }),
};
