import { randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { StackError, type World } from '../types.ts';
import { applyPolicy, type HeadersPolicy } from './headers-policy.ts';
import type { Behavior, CustomError, DistributionConfig, Origin } from './properties.ts';
import { signS3Request } from './s3-request.ts';

/** Headers that hold for one connection only. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Serves a CloudFront distribution: buckets and APIs behind one address. Nothing is cached. */
export class Distribution {
  readonly #config: DistributionConfig;
  readonly #policies: ReadonlyMap<string, HeadersPolicy>;
  readonly #world: World;
  readonly #behaviors: readonly { readonly pattern: RegExp; readonly behavior: Behavior }[];

  constructor(config: DistributionConfig, policies: ReadonlyMap<string, HeadersPolicy>, world: World) {
    this.#config = config;
    this.#policies = policies;
    this.#world = world;
    this.#behaviors = config.CacheBehaviors.map((behavior) => ({ pattern: toRegExp(behavior.PathPattern), behavior }));
    for (const origin of config.Origins) this.#addressOf(origin);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '/';
    const behavior = this.#behaviorOf(url);
    if (!behavior.AllowedMethods.includes(request.method ?? '')) {
      response
        .writeHead(403, { 'content-type': 'text/plain' })
        .end('This distribution is not configured to allow the method.\n');
      return;
    }
    try {
      const answer = await this.#fetch(behavior, request, url);
      const custom = this.#config.CustomErrorResponses.find(({ ErrorCode }) => ErrorCode === answer.statusCode);
      if (custom?.ResponsePagePath) await this.#sendErrorPage(custom, custom.ResponsePagePath, request, response);
      else this.#send(answer, behavior, response);
    } catch (error) {
      this.#world.log.warn(`${request.method} ${url.split('?')[0]}: ${error}`);
      if (response.headersSent) response.destroy();
      else response.writeHead(502, { 'content-type': 'text/plain' }).end('The origin closed the connection.\n');
    }
  }

  #behaviorOf(url: string): Behavior {
    const path = url.split('?')[0] ?? '/';
    return this.#behaviors.find(({ pattern }) => pattern.test(path))?.behavior ?? this.#config.DefaultCacheBehavior;
  }

  async #sendErrorPage(
    { ResponseCode }: CustomError,
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const behavior = this.#behaviorOf(path);
    const page = await this.#fetch(behavior, request, path, 'GET');
    if (ResponseCode) page.statusCode = ResponseCode;
    this.#send(page, behavior, response);
  }

  async #fetch(
    behavior: Behavior,
    viewer: IncomingMessage,
    url: string,
    method = viewer.method ?? 'GET',
  ): Promise<IncomingMessage> {
    const origin = this.#config.Origins.find(({ Id }) => Id === behavior.TargetOriginId);
    if (!origin) throw new StackError(`There is no origin ${behavior.TargetOriginId}.`);
    const address = this.#addressOf(origin);
    const base = address.pathname.replace(/\/$/, '') + origin.OriginPath;
    if (isBucket(origin)) return this.#fetchObject(address, base, viewer, url, method);
    const headers: OutgoingHttpHeaders = { ...viewer.headers, ...viewerHeaders(viewer), host: origin.DomainName };
    for (const name of HOP_BY_HOP) delete headers[name];
    for (const { HeaderName, HeaderValue } of origin.OriginCustomHeaders)
      headers[HeaderName.toLowerCase()] = HeaderValue;
    return exchange(address, method, base + url, headers, viewer);
  }

  async #fetchObject(
    address: URL,
    base: string,
    viewer: IncomingMessage,
    url: string,
    method: string,
  ): Promise<IncomingMessage> {
    const path = url.split('?')[0] ?? '/';
    const object = base + (path === '/' ? `/${this.#config.DefaultRootObject}` : path);
    const headers = await signS3Request(address, this.#world.region, method, object, viewer.headers);
    const answer = await exchange(address, method, object, headers);
    // An origin access control may get objects, but not list them: S3 won't say that one isn't there.
    if (answer.statusCode === 404) answer.statusCode = 403;
    return answer;
  }

  #addressOf({ DomainName }: Origin): URL {
    const address = this.#world.localize(`https://${DomainName}`);
    if (address.includes(DomainName)) throw new StackError(`The origin ${DomainName} isn't part of the local stack.`);
    return new URL(address);
  }

  #send(answer: IncomingMessage, { ResponseHeadersPolicyId }: Behavior, response: ServerResponse): void {
    const headers: OutgoingHttpHeaders = { ...answer.headers };
    for (const name of HOP_BY_HOP) delete headers[name];
    const policy = this.#policies.get(ResponseHeadersPolicyId ?? '');
    if (policy) applyPolicy(policy, headers, (text) => this.#world.localize(text));
    response.writeHead(answer.statusCode ?? 502, headers);
    answer.pipe(response);
    response.once('close', () => answer.destroy());
  }
}

const isBucket = ({ S3OriginConfig }: Origin) => S3OriginConfig !== undefined;

/** `*` is any text, `?` any character. Source: AWS, "Cache behavior settings" (CloudFront), "Path pattern". */
function toRegExp(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^/?${source.replace(/^\//, '')}$`);
}

/** What CloudFront adds for the origin. Source: AWS, "Add CloudFront request headers". */
function viewerHeaders({ headers, socket }: IncomingMessage): OutgoingHttpHeaders {
  const address = socket.remoteAddress?.replace('::ffff:', '') ?? '';
  const before = headers['x-forwarded-for'];
  return {
    'x-forwarded-for': before ? `${before}, ${address}` : address,
    'cloudfront-viewer-address': `${address}:${socket.remotePort}`,
    'x-amz-cf-id': randomBytes(40).toString('base64url'),
    via: '1.1 local.cloudfront.net (CloudFront)',
  };
}

function exchange(
  target: URL,
  method: string,
  path: string,
  headers: OutgoingHttpHeaders,
  body?: IncomingMessage,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = target;
    const outgoing = httpRequest({ hostname, port, method, path, headers }, resolve);
    outgoing.once('error', reject);
    if (body && !body.readableEnded) body.pipe(outgoing);
    else outgoing.end();
  });
}
