import { hash, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request as httpRequest } from 'node:http';
import type { Access } from '../access/credentials.ts';
import { sign } from '../access/signature.ts';
import { type Forwarding, forwardHeaders, forwardUrl } from './forwarding.ts';
import type { Origin } from './properties.ts';

export interface OriginRequest {
  readonly viewer: IncomingMessage;
  readonly method: string;
  readonly url: string;
  readonly body?: IncomingMessage;
}

/** Headers that apply to one connection only, and are not forwarded. */
const HOP_BY_HOP = /^(connection|keep-alive|proxy-(authenticate|authorization)|te|trailer|transfer-encoding|upgrade)$/;

/** The viewer's headers that S3 evaluates. */
const EVALUATED_BY_S3 = ['range', 'if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since'];

export function dropHopByHop(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.test(name)));
}

/**
 * Forwards a request to an API, or to the URL of a function. With an origin access control it is signed for the latter, for the body that
 * the viewer's `x-amz-content-sha256` tells of ("Restrict access to an AWS Lambda function URL origin").
 */
export function fetchFromApi(
  { DomainName, OriginPath, OriginCustomHeaders, OriginAccessControlId }: Origin,
  base: URL,
  forwarding: Forwarding,
  access: Access,
  { viewer, method, url, body }: OriginRequest,
): Promise<IncomingMessage> {
  const known = dropHopByHop({ ...viewer.headers, ...viewerHeaders(viewer) });
  const custom = OriginCustomHeaders.map(({ HeaderName, HeaderValue }) => [HeaderName.toLowerCase(), HeaderValue]);
  const forwarded = { ...forwardHeaders(known, forwarding), ...Object.fromEntries(custom) };
  const headers: IncomingHttpHeaders = { ...forwarded, host: DomainName };
  const target = pathBelow(base, OriginPath + forwardUrl(url, forwarding));
  if (OriginAccessControlId === '' || !DomainName.includes('.lambda-url.'))
    return exchange(base, method, target, headers, body);
  const [path = '/', query] = target.split('?', 2);
  const payload = String(viewer.headers['x-amz-content-sha256'] ?? hash('sha256', ''));
  const request = { method, path, query: new URLSearchParams(query), headers };
  return exchange(base, method, target, sign(request, access, 'lambda', payload, Date.now()), body);
}

export async function fetchFromBucket({ OriginPath }: Origin, base: URL, access: Access, given: OriginRequest) {
  const { viewer, method, url } = given;
  const object = pathBelow(base, OriginPath + (url.split('?')[0] ?? '/'));
  const headers: IncomingHttpHeaders = { host: base.host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  for (const name of EVALUATED_BY_S3) if (viewer.headers[name] !== undefined) headers[name] = viewer.headers[name];
  const request = { method, path: object, query: new URLSearchParams(), headers };
  const answer = await exchange(base, method, object, sign(request, access, 's3', 'UNSIGNED-PAYLOAD', Date.now()));
  // An origin access control may get objects but not list them, and then S3 answers 403 for a missing object.
  if (answer.statusCode === 404) answer.statusCode = 403;
  return answer;
}

const pathBelow = (base: URL, path: string) => base.pathname.replace(/\/$/, '') + path;

/** Returns the headers that CloudFront adds for the origin. Source: AWS, "Add CloudFront request headers". */
function viewerHeaders({ headers, socket }: IncomingMessage): IncomingHttpHeaders {
  const address = socket.remoteAddress?.replace('::ffff:', '') ?? '';
  const before = headers['x-forwarded-for'];
  return {
    'x-forwarded-for': before ? `${before}, ${address}` : address,
    'cloudfront-viewer-address': `${address}:${socket.remotePort}`,
    'x-amz-cf-id': randomBytes(40).toString('base64url'),
    via: '1.1 local.cloudfront.net (CloudFront)',
  };
}

type Headers = OutgoingHttpHeaders;

function exchange({ hostname, port }: URL, method: string, path: string, headers: Headers, body?: IncomingMessage) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = httpRequest({ hostname, port, method, path, headers }, resolve);
    outgoing.once('error', reject);
    if (!body) {
      outgoing.end();
      return;
    }
    body.once('error', reject);
    body.once('close', () => {
      if (!body.complete) outgoing.destroy();
    });
    body.pipe(outgoing);
  });
}
