import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Grant } from '#core/accounts/session.ts';
import type { Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import { setting } from './environment.ts';
import type { Answer } from './http.ts';
import { clearSiteData } from './security-headers.ts';

const allowedOrigins = setting('ALLOWED_ORIGINS').split(',');
const cookieNames = { refresh: '__Host-storm-refresh', device: '__Host-storm-device' };
const attributes = 'Path=/; HttpOnly; Secure; SameSite=Strict';

/** Returns whether a request comes from a browser that shows a page of ours. Only such a request may use the cookies, or get them. */
function fromOurPage({ headers }: APIGatewayProxyEventV2): boolean {
  return allowedOrigins.includes(headers['origin'] ?? '');
}

/** Returns the refresh token or the device token that the browser keeps for our page. */
export function tokenInCookie(event: APIGatewayProxyEventV2, kind: keyof typeof cookieNames): string | undefined {
  if (!fromOurPage(event)) return undefined;
  const start = `${cookieNames[kind]}=`;
  return event.cookies?.find((text) => text.startsWith(start))?.slice(start.length);
}

/**
 * Returns the answer with a new session, or the failure. Our page gets its tokens as cookies. If the browser says that the page is
 * of the same origin, the cookies are sure to be kept and to come back, and the body leaves the tokens out.
 */
export function sessionAnswer(event: APIGatewayProxyEventV2, result: Result<Grant>, status: number): Result<Answer> {
  if ('error' in result) return result;
  const { session, refreshExpiresAt } = result.ok;
  if (!fromOurPage(event)) return { ok: { status, body: session } };
  const { refreshToken, deviceToken, ...visible } = session;
  const body = event.headers['sec-fetch-site'] === 'same-origin' ? visible : session;
  const maxAge = Math.floor((refreshExpiresAt - Date.now()) / 1000);
  const cookies = [cookie('refresh', refreshToken, maxAge)];
  if (deviceToken !== undefined) cookies.push(cookie('device', deviceToken, limits.deviceTokenSeconds));
  return { ok: { status, body, cookies } };
}

/**
 * Returns the answer to a logout, which removes the refresh token and all else that the page has kept in the browser. The device
 * stays known.
 */
export function goneAnswer(event: APIGatewayProxyEventV2): Answer {
  return fromOurPage(event) ? { cookies: [cookie('refresh', '', 0)], headers: clearSiteData } : {};
}

function cookie(kind: keyof typeof cookieNames, value: string, maxAgeSeconds: number): string {
  return `${cookieNames[kind]}=${value}; Max-Age=${maxAgeSeconds}; ${attributes}`;
}
