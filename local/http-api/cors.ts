import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Cors } from './properties.ts';
import type { Reply } from './result.ts';

/** Matches the headers that functions can't set themselves if the API has a CORS configuration. */
const CORS_HEADER = /^access-control-/;

/** Returns the answer to a preflight request. Source: AWS, "Configure CORS for HTTP APIs in API Gateway". */
export function preflight(cors: Cors, request: IncomingMessage): Reply | undefined {
  if (request.method !== 'OPTIONS' || !request.headers.origin || !request.headers['access-control-request-method']) {
    return undefined;
  }
  const headers = originHeaders(cors, request.headers.origin);
  if (headers['access-control-allow-origin'] !== undefined) {
    if (cors.AllowMethods.length) headers['access-control-allow-methods'] = cors.AllowMethods.join(',');
    if (cors.AllowHeaders.length) headers['access-control-allow-headers'] = cors.AllowHeaders.join(',').toLowerCase();
    if (cors.MaxAge !== undefined) headers['access-control-max-age'] = String(cors.MaxAge);
  }
  return { status: 204, headers, body: Buffer.alloc(0) };
}

/** Returns `reply` with the CORS headers of the configuration in place of its own. */
export function withCors(cors: Cors, request: IncomingMessage, reply: Reply): Reply {
  const own = Object.entries(reply.headers).filter(([name]) => !CORS_HEADER.test(name));
  const headers: OutgoingHttpHeaders = Object.fromEntries(own);
  if (request.headers.origin) Object.assign(headers, originHeaders(cors, request.headers.origin));
  return { ...reply, headers };
}

/** Returns the entry of the configuration that allows an origin. */
export function allowedBy(cors: Cors, origin: string): string | undefined {
  return cors.AllowOrigins.find((pattern) => pattern === '*' || pattern === origin || matchesWildcard(pattern, origin));
}

function originHeaders(cors: Cors, origin: string): OutgoingHttpHeaders {
  const allowed = allowedBy(cors, origin);
  if (allowed === undefined) return {};
  return {
    'access-control-allow-origin': allowed === '*' && !cors.AllowCredentials ? '*' : origin,
    ...(cors.AllowCredentials && { 'access-control-allow-credentials': 'true' }),
    ...(cors.ExposeHeaders.length && { 'access-control-expose-headers': cors.ExposeHeaders.join(',') }),
    ...(allowed !== '*' && { vary: 'Origin' }),
  };
}

/** The patterns `https://*` and `http://*` match all origins with that scheme. */
const matchesWildcard = (pattern: string, origin: string) =>
  pattern.endsWith('://*') && origin.startsWith(pattern.slice(0, -1));
