import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { awsHost } from './aws-host.ts';

/** Who may call a server from a page in a browser, besides pages that the server itself has. */
export type MayCall = (origin: string) => boolean;

/** Only programs, no page. */
export const programsOnly: MayCall = () => false;

/**
 * Says why a request is refused before anything looks at it, or nothing where it may come in. A browser lets every page send
 * requests to this machine, so a server here refuses
 * - a host that isn't this machine's: whoever owns a name can let it point here, and is then of one origin with the server ("DNS
 *   rebinding"). Functions and distributions call it by the names of AWS, which nobody can let point here;
 * - an origin that may not call. Browsers name it in each POST, PUT, DELETE, WebSocket handshake and `fetch` in the mode `cors`.
 */
export function foreignness(headers: IncomingHttpHeaders, mayCall: MayCall): string | undefined {
  const { host = '', origin } = headers;
  if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host) && !awsHost.test(host))
    return `This server isn't called ${JSON.stringify(host)}: use localhost.`;
  if (origin === undefined || origin === `http://${host}` || mayCall(origin)) return undefined;
  return `Pages of the origin ${JSON.stringify(origin)} may not call this server.`;
}

/**
 * Whether a page of another origin sent this request without saying so: a GET for an image, a script, a frame or `fetch` in the mode
 * `no-cors` has no `Origin`. Links that somebody follows don't count. ("Fetch Metadata Request Headers", W3C.)
 */
export function isHiddenCall(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  const isFollowed = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return headers.origin === undefined && (site === 'cross-site' || site === 'same-site') && !isFollowed;
}

/** Answers that a request is refused, in the form of API Gateway's own errors. */
export function refuse(request: IncomingMessage, response: ServerResponse, why: string): void {
  response.writeHead(403, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify({ message: why }));
  request.resume();
}
