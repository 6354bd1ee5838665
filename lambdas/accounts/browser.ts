import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Grant } from '#core/accounts/session.ts';
import { setting } from '#lambdas/kit/environment.ts';
import type { Answer } from '#lambdas/kit/http.ts';
import type { Result } from '#protocol/failures.ts';

const allowedOrigins = setting('ALLOWED_ORIGINS').split(',');
const cookieName = '__Host-storm-refresh';
const attributes = 'Path=/; HttpOnly; Secure; SameSite=Strict';

/** A browser that shows a page of ours; others may not use the cookie, nor be given it. */
function fromOurPage({ headers }: APIGatewayProxyEventV2): boolean {
  return allowedOrigins.includes(headers['origin'] ?? '');
}

/** The refresh token that the browser keeps for our page. */
export function tokenInCookie(event: APIGatewayProxyEventV2): string | undefined {
  if (!fromOurPage(event)) return undefined;
  const cookie = event.cookies?.find((text) => text.startsWith(`${cookieName}=`));
  return cookie?.slice(cookieName.length + 1);
}

/**
 * The answer with a new session, if there is one. Our page gets the refresh token as a cookie; when the browser says that
 * the page is of the same origin, so that the cookie will be kept and come back, its scripts don't see the token at all.
 */
export function sessionAnswer(event: APIGatewayProxyEventV2, result: Result<Grant>, status: number): Result<Answer> {
  if ('error' in result) return result;
  const { session, refreshExpiresAt } = result.ok;
  if (!fromOurPage(event)) return { ok: { status, body: session } };
  const { refreshToken, ...visible } = session;
  const body = event.headers['sec-fetch-site'] === 'same-origin' ? visible : session;
  const maxAge = Math.floor((refreshExpiresAt - Date.now()) / 1000);
  return {
    ok: { status, body, cookies: [`${cookieName}=${refreshToken}; Max-Age=${maxAge}; ${attributes}`] },
  };
}

/** The answer to a logout. */
export function goneAnswer(event: APIGatewayProxyEventV2): Answer {
  return fromOurPage(event) ? { cookies: [`${cookieName}=; Max-Age=0; ${attributes}`] } : {};
}
