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
  const { status } = response;
  const problem = await problemOf(response);
  const code = problem.code ?? codeOf(status);
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  return {
    code,
    message: problem.detail ?? `HTTP status ${status}`,
    temporary: status === 429 || status >= 500 || code === 'unavailable',
    ...(Number.isFinite(retryAfter) ? { retryAfterMs: retryAfter * 1000 } : {}),
  };
}

/** The problem document (RFC 9457) of the server's error responses. Gateways and proxies respond without one. */
async function problemOf(response: Response): Promise<{ code?: Failure['code']; detail?: string }> {
  const text = await response.text();
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return {};
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/**
 * The code of a response that isn't the server's own. It says nothing about the session or about what was asked for: a proxy answers
 * 403, 404 or 401 for reasons of its own, and may let the same request pass later.
 */
function codeOf(status: number): Failure['code'] {
  if (status === 413) return 'too_large';
  return status === 429 ? 'rate_limited' : 'unavailable';
}
