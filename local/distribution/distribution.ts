import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { StackError, type World } from '../types.ts';
import { type Forwarding, together } from './forwarding.ts';
import { applyPolicy, type HeadersPolicy } from './headers-policy.ts';
import { dropHopByHop, fetchFromApi, fetchFromBucket, type OriginRequest } from './origins.ts';
import type { Behavior, DistributionConfig } from './properties.ts';

/** What the policies of the stack's own say, by their ids. */
export interface Policies {
  readonly headers: ReadonlyMap<string, HeadersPolicy>;
  readonly forwarding: ReadonlyMap<string, Forwarding>;
}

/** A cache behavior, ready to serve the paths of its pattern. */
interface Route {
  readonly pattern: RegExp;
  readonly methods: readonly string[];
  readonly policy: HeadersPolicy | undefined;
  fetch(request: OriginRequest): Promise<IncomingMessage>;
}

/** Serves a CloudFront distribution: buckets and APIs behind one address. Nothing is cached. */
export class Distribution {
  readonly #config: DistributionConfig;
  readonly #policies: Policies;
  readonly #world: World;
  readonly #routes: readonly Route[];

  /** @throws StackError for what can't be served here. */
  constructor(config: DistributionConfig, policies: Policies, world: World) {
    this.#config = config;
    this.#policies = policies;
    this.#world = world;
    const { CacheBehaviors, DefaultCacheBehavior } = config;
    this.#routes = [...CacheBehaviors, { ...DefaultCacheBehavior, PathPattern: '*' }].map((each) => this.#route(each));
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '/' } = request;
    const route = this.#routeOf(url);
    if (!route.methods.includes(method)) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end('The distribution does not allow this method.\n');
      return;
    }
    try {
      const answer = await route.fetch({ viewer: request, method, url, body: request });
      const custom = this.#config.CustomErrorResponses.find(({ ErrorCode }) => ErrorCode === answer.statusCode);
      if (custom?.ResponsePagePath === undefined) return this.#send(answer, answer.statusCode, route, response);
      answer.resume();
      const pageRoute = this.#routeOf(custom.ResponsePagePath);
      const page = await pageRoute.fetch({ viewer: request, method: 'GET', url: custom.ResponsePagePath });
      this.#send(page, custom.ResponseCode ?? answer.statusCode, pageRoute, response);
    } catch (error) {
      if (response.destroyed) return;
      this.#world.log.warn(`${method} ${url.split('?')[0]}: ${error}`);
      if (response.headersSent) response.destroy();
      else response.writeHead(502, { 'content-type': 'text/plain' }).end('The origin gave no answer.\n');
    }
  }

  #routeOf(url: string): Route {
    const path = url.split('?')[0] ?? '/';
    const route = this.#routes.find(({ pattern }) => pattern.test(path));
    if (!route) throw new Error('the last pattern is for all paths');
    return route;
  }

  #route(behavior: Behavior & { readonly PathPattern: string }): Route {
    const { Origins, DefaultRootObject } = this.#config;
    const origin = Origins.find(({ Id }) => Id === behavior.TargetOriginId);
    if (!origin) throw new StackError(`There is no origin ${behavior.TargetOriginId}.`);
    const address = this.#world.localize(`https://${origin.DomainName}`);
    if (address.includes(origin.DomainName)) {
      throw new StackError(`The origin ${origin.DomainName} isn't part of the local stack.`);
    }
    const base = new URL(address);
    const { CachePolicyId, OriginRequestPolicyId, ResponseHeadersPolicyId } = behavior;
    const policy = this.#policies.headers.get(ResponseHeadersPolicyId ?? '');
    if (ResponseHeadersPolicyId && !policy) {
      throw new StackError(`The managed policy ${ResponseHeadersPolicyId} isn't supported.`);
    }
    const forwarding = together([CachePolicyId, OriginRequestPolicyId], this.#policies.forwarding);
    return {
      pattern: toRegExp(behavior.PathPattern),
      methods: behavior.AllowedMethods,
      policy,
      fetch:
        origin.S3OriginConfig === undefined
          ? (request) => fetchFromApi(origin, base, forwarding, request)
          : (request) => fetchFromBucket(origin, base, DefaultRootObject, this.#world.region, request),
    };
  }

  #send(answer: IncomingMessage, status: number | undefined, { policy }: Route, response: ServerResponse): void {
    const headers: OutgoingHttpHeaders = dropHopByHop(answer.headers);
    if (policy) applyPolicy(policy, headers, (text) => this.#world.localize(text));
    response.writeHead(status ?? 502, headers);
    answer.pipe(response);
    response.once('close', () => answer.destroy());
  }
}

/** `*` is any text, `?` any character. Source: AWS, "Cache behavior settings" (CloudFront), "Path pattern". */
function toRegExp(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^/?${source.replace(/^\//, '')}$`);
}
