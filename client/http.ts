import { type Failure, offline, type Result } from './failures.ts';
import type { Platform } from './platform.ts';

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string;
  /** Whether the request goes on if the page is closed. */
  readonly keepalive?: boolean;
}

const timeoutMs = 20_000;

/**
 * Calls the HTTP API. Never rejects: a network failure is `offline`. The response isn't validated, because the server is held to
 * the same schemas as these types (`docs/decisions/0031`).
 */
export async function callHttp<T>(platform: Platform, baseUrl: string, call: HttpCall): Promise<Result<T>> {
  const headers = new Headers();
  if (call.token !== undefined) headers.set('authorization', `Bearer ${call.token}`);
  if (call.body !== undefined) headers.set('content-type', 'application/json');
  try {
    const response = await platform.fetch(baseUrl + call.path, {
      method: call.method,
      headers,
      body: call.body === undefined ? null : JSON.stringify(call.body),
      credentials: 'same-origin',
      keepalive: call.keepalive ?? false,
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) return { error: await failureOf(response) };
    const text = await response.text();
    return { ok: text === '' ? undefined : JSON.parse(text) };
  } catch (cause) {
    return offline(`${call.method} ${call.path}: ${cause}`);
  }
}

async function failureOf(response: Response): Promise<Failure> {
  const problem = problemOf(await response.text());
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  return {
    code: problem.code ?? codeOf(response.status),
    message: problem.detail ?? `HTTP status ${response.status}`,
    temporary: response.status === 429 || response.status >= 500,
    ...(Number.isFinite(retryAfter) ? { retryAfterMs: retryAfter * 1000 } : {}),
  };
}

/** The problem document (RFC 9457) of an error response. Gateways and proxies respond without one. */
function problemOf(body: string): { code?: Failure['code']; detail?: string } {
  try {
    return Object(JSON.parse(body));
  } catch {
    return {};
  }
}

function codeOf(status: number): Failure['code'] {
  if (status >= 500) return 'unavailable';
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'not_found';
    case 409:
      return 'conflict';
    case 413:
      return 'too_large';
    case 429:
      return 'rate_limited';
    default:
      return 'bad_request';
  }
}
