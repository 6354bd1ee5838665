import type { IncomingMessage, RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod/mini';
import type { Access } from './access/credentials.ts';
import { isHiddenCall, refuse } from './access/foreign.ts';
import { ServiceError } from './services/error.ts';
import { assertSigned } from './services/signed.ts';

/** A page about the stack itself. What it shows is also at its path with `.json`, for programs. */
export interface LocalPage {
  /** The path, below `/_local/`. */
  readonly path: string;
  html(): string;
  json(): unknown;
  /**
   * Changes what the page shows, and returns what `.json` then has. The request was signed with the stack's access key, for the service
   * `local`. @throws ZodError or RangeError for a body that isn't understood.
   */
  change?(method: 'POST' | 'DELETE', body: unknown): unknown;
}

/** Where the pages about the stack are. */
export const localPath = '/_local/';

/** The name of the stack itself in signatures. */
const service = 'local';

/**
 * Serves the pages about the stack. They have no scripts, and load nothing: what they show is what anybody may have caused. Pages of
 * other origins can't read them, and nobody changes anything without the access key of this start.
 */
export function serveLocalPages(pages: readonly LocalPage[], access: Access): RequestListener {
  return (request, response) => {
    if (isHiddenCall(request.headers)) return refuse(request, response, 'Pages of other origins may not read this.');
    const { method } = request;
    const path = request.url?.split('?')[0] ?? '';
    const page = pages.find((each) => path === each.path || path === `${each.path}.json`);
    const send = (status: number, type: string, body: string) =>
      response
        .writeHead(status, {
          'content-type': type,
          'cache-control': 'no-store',
          'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
          'cross-origin-resource-policy': 'same-origin',
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
        })
        .end(body);
    const sendJson = (status: number, body: unknown) => send(status, 'application/json', JSON.stringify(body));
    if (page?.change && path.endsWith('.json') && (method === 'POST' || method === 'DELETE'))
      changed(page.change, method, request, access).then(
        (body) => sendJson(200, body),
        (error) => sendJson(statusOf(error), { message: error instanceof Error ? error.message : String(error) }),
      );
    else if (method !== 'GET' || !page) send(404, 'text/plain', 'Not found\n');
    else if (path.endsWith('.json')) sendJson(200, page.json());
    else send(200, 'text/html; charset=utf-8', page.html());
  };
}

async function changed(
  change: NonNullable<LocalPage['change']>,
  method: 'POST' | 'DELETE',
  request: IncomingMessage,
  access: Access,
): Promise<unknown> {
  const body = await buffer(request);
  assertSigned(request, body, access, service);
  return change(method, method === 'POST' ? JSON.parse(body.toString()) : undefined);
}

function statusOf(error: unknown): number {
  if (error instanceof ServiceError) return 403;
  return error instanceof z.core.$ZodError || error instanceof SyntaxError || error instanceof RangeError ? 400 : 500;
}
