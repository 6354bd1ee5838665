import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { isHiddenCall, refuse } from '../access/foreign.ts';
import { glob } from '../glob.ts';
import { StackError, type World } from '../types.ts';
import { type CachedError, ErrorCache } from './error-cache.ts';
import { combine, type Forwarding, forwardUrl } from './forwarding.ts';
import { allowedOrigin, applyPolicy, type HeadersPolicy } from './headers-policy.ts';
import { dropHopByHop, fetchFromApi, fetchFromBucket, type OriginRequest } from './origins.ts';
import { restoreCookies, setPlainCookies } from './plain-cookies.ts';
import type { Behavior, DistributionConfig, Origin } from './properties.ts';
import { signatureCheck, type TrustedKeys } from './signed-urls.ts';

/** The policies and keys that the templates define, by their ids. */
export interface Policies extends TrustedKeys {
  readonly headers: ReadonlyMap<string, HeadersPolicy>;
  readonly forwarding: ReadonlyMap<string, Forwarding>;
}

export type Distribution = ReturnType<typeof serveDistribution>;

/**
 * Serves a CloudFront distribution: buckets and APIs behind one address, `address`. It caches errors, as CloudFront does, and nothing
 * else. @throws StackError for a configuration that the local stack can't serve.
 */
export function serveDistribution(config: DistributionConfig, policies: Policies, world: World, address: string) {
  const ttls = config.CustomErrorResponses.map((each) => [each.ErrorCode, each.ErrorCachingMinTTL] as const);
  const errors = new ErrorCache(new Map(ttls));
  world.whenKeeping(() => () => errors.clear());
  const last = { ...config.DefaultCacheBehavior, PathPattern: '*' };
  type Route = ReturnType<typeof compile>;
  const routes = [...config.CacheBehaviors, last].map(compile);

  return {
    /** Whether pages of an origin may read what is at this URL: a file of a bucket whose policy says so. APIs have rules of their own. */
    allowsOrigin(origin: string, url: string): boolean {
      const { isApi, policy } = routeOf(url);
      return !isApi && allowedOrigin(policy?.cors, origin) !== undefined;
    },

    async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const { method = '', url = '/' } = request;
      const route = routeOf(url);
      if (!route.methods.includes(method)) {
        response.writeHead(403, { 'content-type': 'text/plain' }).end('The distribution does not allow this method.\n');
        return;
      }
      if (route.isApi && isHiddenCall(request.headers))
        return refuse(request, response, 'Pages of other origins may not call this API.');
      const refusal = route.refusal(new URL(url, address), Date.now());
      if (refusal !== undefined) {
        const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${refusal}</Code><Message>Access denied</Message></Error>`;
        response.writeHead(403, { 'content-type': 'text/xml' }).end(body);
        return;
      }
      restoreCookies(request.headers);
      const isCacheable = method === 'GET' || method === 'HEAD';
      const key = `${method} ${route.cacheKey(url)}`;
      const cached = isCacheable ? errors.get(key) : undefined;
      if (cached) {
        sendCached(cached, route, response);
        return;
      }
      try {
        const answer = await route.fetch({ viewer: request, method, url, body: request });
        const custom = config.CustomErrorResponses.find(({ ErrorCode }) => ErrorCode === answer.statusCode);
        if (custom?.ResponsePagePath === undefined) {
          if (isCacheable && errors.ttlOf(answer.statusCode ?? 0) > 0)
            return sendCached(await keep(key, answer), route, response);
          return send(answer, answer.statusCode, route, response);
        }
        answer.resume();
        const pageRoute = routeOf(custom.ResponsePagePath);
        const page = await pageRoute.fetch({ viewer: request, method: 'GET', url: custom.ResponsePagePath });
        send(page, custom.ResponseCode ?? answer.statusCode, pageRoute, response);
      } catch (error) {
        if (response.destroyed) return;
        world.log.warn(`${method} ${url.split('?')[0]}: ${error}`);
        if (response.headersSent) response.destroy();
        else response.writeHead(502, { 'content-type': 'text/plain' }).end('The origin gave no answer.\n');
      }
    },
  };

  function routeOf(url: string): Route {
    const path = url.split('?')[0] ?? '/';
    const route = routes.find(({ matches }) => matches(path));
    if (!route) throw new Error('the last pattern is for all paths');
    return route;
  }

  /** Compiles a cache behavior, to serve the paths of its pattern. */
  function compile(behavior: Behavior & { readonly PathPattern: string }) {
    const { Origins, DefaultRootObject } = config;
    const origin = Origins.find(({ Id }) => Id === behavior.TargetOriginId);
    if (!origin) throw new StackError(`There is no origin ${behavior.TargetOriginId}.`);
    // The origin may be created after the distribution, so its address is checked once everything exists.
    world.whenReady(async () => void addressOf(origin));
    const { CachePolicyId, OriginRequestPolicyId, ResponseHeadersPolicyId, TrustedKeyGroups } = behavior;
    const policy = policies.headers.get(ResponseHeadersPolicyId ?? '');
    if (ResponseHeadersPolicyId && !policy) {
      throw new StackError(`The managed policy ${ResponseHeadersPolicyId} isn't supported.`);
    }
    const forwarding = combine([CachePolicyId, OriginRequestPolicyId], policies.forwarding);
    const cacheKeyed = combine([CachePolicyId], policies.forwarding);
    return {
      // "Cache behavior settings": the slash at the start may be left out.
      matches: glob(behavior.PathPattern.replace(/^(?![/*])/, '/'), true),
      methods: behavior.AllowedMethods,
      /** Whether its requests invoke functions. */
      isApi: origin.S3OriginConfig === undefined,
      policy,
      /** If the behavior requires signed URLs: returns why a URL is refused, or undefined if its signature is valid. */
      refusal: TrustedKeyGroups.length > 0 ? signatureCheck(TrustedKeyGroups, policies) : () => undefined,
      /** The parts of a URL that tell cached answers apart. */
      cacheKey: (url: string) => forwardUrl(url, cacheKeyed),
      fetch(request: OriginRequest): Promise<IncomingMessage> {
        if (origin.S3OriginConfig === undefined)
          return fetchFromApi(origin, addressOf(origin), forwarding, world, request);
        const url = request.url.replace(/^\/(?=\?|$)/, `/${DefaultRootObject}`);
        return fetchFromBucket(origin, addressOf(origin), world, { ...request, url });
      },
    };
  }

  function addressOf({ DomainName }: Origin): URL {
    const address = world.localize(`https://${DomainName}`);
    if (address.includes(DomainName)) throw new StackError(`The origin ${DomainName} isn't part of the local stack.`);
    return new URL(address);
  }

  async function keep(key: string, answer: IncomingMessage): Promise<CachedError> {
    const { statusCode: status = 502, headers } = answer;
    const error = { status, headers: dropHopByHop(headers), body: await buffer(answer) };
    errors.set(key, error);
    return error;
  }

  function withPolicy(headers: OutgoingHttpHeaders, policy: Route['policy'], { req }: ServerResponse) {
    if (policy) applyPolicy(policy, headers, req.headers.origin, (text) => world.localize(text));
    return headers;
  }

  function sendCached({ status, headers: kept, body }: CachedError, { policy }: Route, response: ServerResponse): void {
    response.writeHead(status, withPolicy({ ...kept }, policy, response)).end(body);
  }

  function send(answer: IncomingMessage, status: number | undefined, { policy }: Route, response: ServerResponse) {
    const headers = withPolicy(dropHopByHop(answer.headers), policy, response);
    setPlainCookies(response.req.headers, headers);
    response.writeHead(status ?? 502, headers);
    answer.pipe(response);
    response.once('close', () => answer.destroy());
  }
}
