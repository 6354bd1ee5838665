import type { RequestListener } from 'node:http';
import { isHiddenCall, refuse } from './access/foreign.ts';

/** A page about the stack itself. What it shows is also at its path with `.json`, for programs. */
export interface LocalPage {
  /** The path, below `/_local/`. */
  readonly path: string;
  html(): string;
  json(): unknown;
}

/** Where the pages about the stack are. */
export const localPath = '/_local/';

/**
 * Serves the pages about the stack. They have no scripts, and load nothing: what they show is what anybody may have caused. Pages of
 * other origins can't read them.
 */
export function serveLocalPages(pages: readonly LocalPage[]): RequestListener {
  return (request, response) => {
    if (isHiddenCall(request.headers)) return refuse(request, response, 'Pages of other origins may not read this.');
    const path = request.url?.split('?')[0] ?? '';
    const page = pages.find((each) => path === each.path || path === `${each.path}.json`);
    if (request.method !== 'GET' || !page) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
      return;
    }
    const [type, body] = path.endsWith('.json')
      ? ['application/json', JSON.stringify(page.json())]
      : ['text/html; charset=utf-8', page.html()];
    response
      .writeHead(200, {
        'content-type': type,
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      })
      .end(body);
  };
}
