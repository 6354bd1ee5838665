import { login } from '../../core/accounts/login.ts';
import { logout, refresh } from '../../core/accounts/refresh.ts';
import { register } from '../../core/accounts/register.ts';
import { Login, RefreshToken, Register } from '../../protocol/accounts.ts';
import { httpHandler, open } from '../kit/http.ts';
import { goneAnswer, sessionAnswer, tokenInCookie } from './browser.ts';
import { sourceOf } from './source.ts';
import { authSecret, world } from './world.ts';

export const handler = httpHandler({
  'POST /auth/register': open({ body: Register }, async ({ body, event }) => {
    const { edge } = await authSecret();
    const result = await register(world, body, sourceOf(event, edge));
    return 'ok' in result ? { ok: sessionAnswer(event, result.ok, 201) } : result;
  }),

  'POST /auth/login': open({ body: Login }, async ({ body, event }) => {
    const { edge } = await authSecret();
    const result = await login(world, body, sourceOf(event, edge));
    return 'ok' in result ? { ok: sessionAnswer(event, result.ok, 200) } : result;
  }),

  'POST /auth/refresh': open({ body: RefreshToken }, async ({ body, event }) => {
    const result = await refresh(world, body.refreshToken ?? tokenInCookie(event));
    return 'ok' in result ? { ok: sessionAnswer(event, result.ok, 200) } : result;
  }),

  'POST /auth/logout': open({ body: RefreshToken }, async ({ body, event }) => {
    await logout(world, body.refreshToken ?? tokenInCookie(event));
    return { ok: goneAnswer(event) };
  }),
});
