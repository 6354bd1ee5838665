import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod/mini';
import { decoded, parseProperties } from '../parse.ts';
import { type Properties, StackError } from '../types.ts';

/** The parts of a viewer's request that a policy forwards to the origin. */
export type Forwarding = typeof NOTHING;

/** Tells whether the header, cookie or parameter of this name is forwarded. */
type Choice = (name: string) => boolean;

const none: Choice = () => false;
const all: Choice = () => true;
const NOTHING = { headers: none, cookies: none, query: none };
const isViewerHeader: Choice = (name) => !name.startsWith('cloudfront-');

/**
 * The managed policies that are usual for APIs and pages, by id. Source: AWS, "Use managed cache policies" and "Use managed
 * origin request policies" (CloudFront).
 */
const MANAGED: Readonly<Record<string, Forwarding>> = {
  // CachingDisabled, CachingOptimized, CachingOptimizedForUncompressedObjects
  '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': NOTHING,
  '658327ea-f89d-4fab-a63d-7e88639e58f6': NOTHING,
  'b2884449-e4de-46a7-ac36-70bc7f1ddd6d': NOTHING,
  // AllViewer, AllViewerExceptHostHeader, AllViewerAndCloudFrontHeaders-2022-06
  '216adef6-5c7f-47e4-b989-5492eafa07d3': { headers: isViewerHeader, cookies: all, query: all },
  'b689b0a8-53d0-40ab-baf2-68738e2966ac': { headers: isViewerHeader, cookies: all, query: all },
  '33f36d7e-f396-46d9-90e0-52428a34d9dc': { headers: all, cookies: all, query: all },
};

/** Headers that describe the body or the route of a request. They reach the origin whatever a policy says. */
const ALWAYS = new Set(['content-type', 'content-length', 'content-encoding', 'x-forwarded-for', 'x-amz-cf-id', 'via']);

const Items = z._default(z.array(z.string()), []);
const Parameters = z.object({
  HeadersConfig: z.object({ HeaderBehavior: z.string(), Headers: Items }),
  CookiesConfig: z.object({ CookieBehavior: z.string(), Cookies: Items }),
  QueryStringsConfig: z.object({ QueryStringBehavior: z.string(), QueryStrings: Items }),
});

/** The properties of `AWS::CloudFront::CachePolicy` and `AWS::CloudFront::OriginRequestPolicy`. */
const ForwardingProperties = z.union([
  z.object({ CachePolicyConfig: z.object({ ParametersInCacheKeyAndForwardedToOrigin: Parameters }) }),
  z.object({ OriginRequestPolicyConfig: Parameters }),
]);

export function forwarding(given: Properties): Forwarding {
  const properties = parseProperties(ForwardingProperties, given);
  const { HeadersConfig, CookiesConfig, QueryStringsConfig } =
    'CachePolicyConfig' in properties
      ? properties.CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin
      : properties.OriginRequestPolicyConfig;
  const lowerCase = HeadersConfig.Headers.map((name) => name.toLowerCase());
  return {
    headers: choice(HeadersConfig.HeaderBehavior, lowerCase),
    cookies: choice(CookiesConfig.CookieBehavior, CookiesConfig.Cookies),
    query: choice(QueryStringsConfig.QueryStringBehavior, QueryStringsConfig.QueryStrings),
  };
}

const choices: Readonly<Record<string, (names: readonly string[]) => Choice>> = {
  none: () => none,
  all: () => all,
  whitelist: (names) => (name) => names.includes(name),
  allExcept: (names) => (name) => !names.includes(name),
  allViewer: () => isViewerHeader,
  allViewerAndWhitelistCloudFront: (names) => (name) => isViewerHeader(name) || names.includes(name),
};

function choice(behavior: string, names: readonly string[]): Choice {
  const found = choices[behavior];
  if (!found) throw new StackError(`The behavior ${behavior} of a policy isn't supported.`);
  return found(names);
}

/** Combines several policies: what one of them forwards is forwarded. @throws StackError for an unknown managed policy. */
export function combine(ids: readonly (string | undefined)[], own: ReadonlyMap<string, Forwarding>): Forwarding {
  const policies = ids.flatMap((id) => {
    if (id === undefined) return [];
    const policy = own.get(id) ?? MANAGED[id];
    if (!policy) throw new StackError(`The managed policy ${id} isn't supported.`);
    return policy;
  });
  return {
    headers: (name) => ALWAYS.has(name) || policies.some((policy) => policy.headers(name)),
    cookies: (name) => policies.some((policy) => policy.cookies(name)),
    query: (name) => policies.some((policy) => policy.query(name)),
  };
}

/** Returns the headers that are forwarded. `headers` already includes those that CloudFront adds. */
export function forwardHeaders(headers: IncomingHttpHeaders, { headers: chosen, cookies }: Forwarding) {
  const { cookie, ...rest } = headers;
  const kept = (cookie ?? '').split(/;\s*/).filter((pair) => pair && cookies(pair.split('=')[0] ?? ''));
  const forwarded = Object.fromEntries(Object.entries(rest).filter(([name]) => chosen(name)));
  return kept.length ? { ...forwarded, cookie: kept.join('; ') } : forwarded;
}

/** Returns `/path?query` with the forwarded parameters, in their original spelling. */
export function forwardUrl(url: string, { query: chosen }: Forwarding): string {
  const [path = '', ...query] = url.split('?');
  const kept = query
    .join('?')
    .split('&')
    .filter((pair) => pair && chosen(decoded(pair.split('=')[0] ?? '')));
  return kept.length ? `${path}?${kept.join('&')}` : path;
}
