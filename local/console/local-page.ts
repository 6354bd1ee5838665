import type { IncomingMessage, RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod/mini';
import type { Access } from '../access/credentials.ts';
import { isHiddenCall, refuse } from '../access/foreign.ts';
import { ServiceError } from '../services/error.ts';
import { assertSigned } from '../services/signed.ts';
import { consoleKey, hasKey, keyCookie } from './key.ts';

/** A page about the stack itself. What it shows is also at its path with `.json`, for programs. */
export interface LocalPage {
  /** The path, below `/_local/`. */
  readonly path: string;
  /** Whether only who has the key of this start may see it. */
  readonly isPrivate?: boolean;
  html(query: URLSearchParams): string | Promise<string>;
  json(query: URLSearchParams): unknown;
  /** Does what a form of the page asks for, of who has the key; then the page is shown again. */
  submit?(form: URLSearchParams): void | Promise<void>;
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
const closed = 'Open the address of this page that the stack has shown at its start: it has a key in it.\n';

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Serves the pages about the stack. They have no scripts, and load nothing: what they show is what anybody may have caused. Pages of
 * other origins can't read them, and nobody changes anything without the access key of this start, or the key that is made of it.
 */
export function serveLocalPages(pages: readonly LocalPage[], access: Access): RequestListener {
  return (request, response) => {
    if (isHiddenCall(request.headers)) return refuse(request, response, 'Pages of other origins may not read this.');
    const [path = '', search = ''] = request.url?.split('?', 2) ?? [];
    const page = pages.find((each) => path === each.path || path === `${each.path}.json`);
    const send = ({ status, body, headers }: Answer) =>
      response
        .writeHead(status, {
          'content-type': 'text/plain; charset=utf-8',
          'cache-control': 'no-store',
          'content-security-policy':
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
          'cross-origin-resource-policy': 'same-origin',
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
          ...headers,
        })
        .end(body);
    answer(request, { path, query: new URLSearchParams(search) }, access, page).then(send, (error) =>
      send(asJson(statusOf(error), { message: error instanceof Error ? error.message : String(error) })),
    );
  };
}

type Asked = { readonly path: string; readonly query: URLSearchParams };

async function answer(request: IncomingMessage, asked: Asked, access: Access, page?: LocalPage): Promise<Answer> {
  const { path, query } = asked;
  const { method } = request;
  const isJson = path.endsWith('.json');
  if (page?.change && isJson && (method === 'POST' || method === 'DELETE')) {
    const body = await buffer(request);
    assertSigned(request, body, access, service);
    return asJson(200, await page.change(method, method === 'POST' ? JSON.parse(body.toString()) : undefined));
  }
  const isSubmitted = method === 'POST' && !isJson && page?.submit !== undefined;
  if (!page || !(method === 'GET' || isSubmitted)) return { status: 404, body: 'Not found\n' };
  const key = consoleKey(access);
  if ((page.isPrivate || isSubmitted) && !hasKey(request, query, key)) return { status: 403, body: closed };
  if (isSubmitted) await page.submit?.(new URLSearchParams((await buffer(request)).toString()));
  if (isSubmitted) return { status: 303, body: '', headers: { location: request.url ?? path } };
  if (isJson) return asJson(200, await page.json(query));
  // The key doesn't stay in the address, which is easily shown or copied.
  if (query.has('key'))
    return { status: 303, body: '', headers: { location: path, 'set-cookie': keyCookie(request, key) } };
  return { status: 200, body: await page.html(query), headers: { 'content-type': 'text/html; charset=utf-8' } };
}

function asJson(status: number, body: unknown): Answer {
  return { status, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

function statusOf(error: unknown): number {
  if (error instanceof ServiceError) return 403;
  return error instanceof z.core.$ZodError || error instanceof SyntaxError || error instanceof RangeError ? 400 : 500;
}
