import { type OutgoingHttpHeaders, validateHeaderName, validateHeaderValue } from 'node:http';
import * as z from 'zod/mini';

export interface Reply {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

const Header = z
  .union([z.string(), z.number(), z.boolean()])
  .check(z.refine((value) => isValid(() => validateHeaderValue('any', String(value)))));
const HeaderName = z.string().check(z.refine((name) => isValid(() => validateHeaderName(name))));

function isValid(validate: () => void): boolean {
  try {
    validate();
    return true;
  } catch {
    return false;
  }
}

const Structured = z.object({
  statusCode: z.coerce.number().check(z.int(), z.gte(100), z.lte(599)),
  headers: z.optional(z.nullable(z.record(HeaderName, Header))),
  multiValueHeaders: z.optional(z.nullable(z.record(HeaderName, z.array(Header)))),
  cookies: z.optional(z.nullable(z.array(Header))),
  body: z.optional(z.nullable(z.string())),
  isBase64Encoded: z.optional(z.nullable(z.boolean())),
});

/** An answer that API Gateway gives itself. */
export function jsonReply(status: number, body: unknown): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) };
}

// API Gateway gives these answers itself.
export const notFound = jsonReply(404, { message: 'Not Found' });
export const tooLarge = jsonReply(413, { message: 'Request Entity Too Large' });
/** AWS documents the limit, but not its answer; this is the status of HTTP for it (RFC 6585). */
export const headTooLarge = jsonReply(431, { message: 'Request Header Fields Too Large' });
export const tooManyRequests = jsonReply(429, { message: 'Too Many Requests' });
export const internalServerError = jsonReply(500, { message: 'Internal Server Error' });
export const serviceUnavailable = jsonReply(503, { message: 'Service Unavailable' });

/** The same of a result in the format 1.0, which needs a `statusCode`, and may have several values of a header. */
export function toReply1(result: unknown): Reply {
  const parsed = Structured.safeParse(result);
  if (!parsed.success) return internalServerError;
  const { headers, ...reply } = toReply(result);
  for (const [name, values] of Object.entries(parsed.data.multiValueHeaders ?? {}))
    headers[name.toLowerCase()] = values.map(String);
  return { ...reply, headers };
}

/**
 * Makes an HTTP answer of a function's result. A result without a `statusCode` becomes the body of a 200 answer.
 * Source: AWS, "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway" (format 2.0).
 */
export function toReply(result: unknown): Reply {
  if (typeof result === 'string') return { ...jsonReply(200, null), body: Buffer.from(result) };
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) return jsonReply(200, result);
  const parsed = Structured.safeParse(result);
  if (!parsed.success) return internalServerError;
  const { statusCode: status, headers, cookies, body, isBase64Encoded } = parsed.data;
  const named = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  const byDefault = body && { 'content-type': 'text/plain;charset=UTF-8' };
  const set = cookies?.length && { 'set-cookie': cookies.map(String) };
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  return { status, headers: { ...byDefault, ...Object.fromEntries(named), ...set }, body: bytes };
}
