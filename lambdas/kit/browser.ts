import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Grant } from '#core/accounts/session.ts';
import type { Result } from '#protocol/failures.ts';
import { setting } from './environment.ts';
import type { Answer } from './http.ts';
import { clearSiteData } from './security-headers.ts';

const allowedOrigins = setting('ALLOWED_ORIGINS').split(',');
const cookieName = '__Host-storm-refresh';
const attributes = 'Path=/; HttpOnly; Secure; SameSite=Strict';

/** Returns whether a request comes from a browser that shows a page of ours. Only such a request may use the cookie, or get it. */
function fromOurPage({ headers }: APIGatewayProxyEventV2): boolean {
  return allowedOrigins.includes(headers['origin'] ?? '');
}

/** Returns the refresh token that the browser keeps for our page. */
export function tokenInCookie(event: APIGatewayProxyEventV2): string | undefined {
  if (!fromOurPage(event)) return undefined;
  const cookie = event.cookies?.find((text) => text.startsWith(`${cookieName}=`));
  return cookie?.slice(cookieName.length + 1);
}

/**
 * Returns the answer with a new session, or the failure. Our page gets the refresh token as a cookie. If the browser says that the
 * page is of the same origin, the cookie is sure to be kept and to come back, and the body leaves the token out.
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

/** Returns the answer to a logout, which removes the cookie and all else that the page has kept in the browser. */
export function goneAnswer(event: APIGatewayProxyEventV2): Answer {
  return fromOurPage(event) ? { cookies: [`${cookieName}=; Max-Age=0; ${attributes}`], headers: clearSiteData } : {};
}
