import type { OutgoingHttpHeaders } from 'node:http';
import { parseProperties } from '../parse.ts';
import type { Properties } from '../types.ts';
import { type HeadersPolicyConfig, HeadersPolicyProperties } from './properties.ts';

interface PolicyHeader {
  readonly name: string;
  readonly value: string;
  /** Whether the header replaces one that the origin has set. */
  readonly override: boolean;
}

export type HeadersPolicy = ReturnType<typeof headersPolicy>;
type Cors = HeadersPolicyConfig['CorsConfig'];
type Origin = string | undefined;
type Localize = (text: string) => string;

/** Returns the headers that a policy adds. Source: AWS, "Understand response headers policies" (CloudFront). */
export function headersPolicy(properties: Properties) {
  const config = parseProperties(HeadersPolicyProperties, properties).ResponseHeadersPolicyConfig;
  const security = config.SecurityHeadersConfig;
  const set: PolicyHeader[] = [];
  const add = (name: string, value: string, { Override: override }: { Override: boolean }) =>
    set.push({ name: name.toLowerCase(), value, override });

  const csp = security.ContentSecurityPolicy;
  if (csp) add('content-security-policy', csp.ContentSecurityPolicy, csp);
  if (security.ContentTypeOptions) add('x-content-type-options', 'nosniff', security.ContentTypeOptions);
  if (security.FrameOptions) add('x-frame-options', security.FrameOptions.FrameOption, security.FrameOptions);
  if (security.ReferrerPolicy) add('referrer-policy', security.ReferrerPolicy.ReferrerPolicy, security.ReferrerPolicy);
  const hsts = security.StrictTransportSecurity;
  if (hsts) {
    const flags = [hsts.IncludeSubdomains && 'includeSubDomains', hsts.Preload && 'preload'].filter(Boolean);
    add('strict-transport-security', [`max-age=${hsts.AccessControlMaxAgeSec}`, ...flags].join('; '), hsts);
  }
  const xss = security.XSSProtection;
  if (xss) add('x-xss-protection', xss.Protection ? (xss.ModeBlock ? '1; mode=block' : '1') : '0', xss);
  for (const item of config.CustomHeadersConfig.Items) add(item.Header, item.Value, item);
  const remove = config.RemoveHeadersConfig.Items.map(({ Header }) => Header.toLowerCase());
  return { set, remove, cors: config.CorsConfig };
}

/**
 * Adds a policy's headers to a response. `localize` replaces AWS addresses in them, for example in a content security policy. `origin` is
 * the header `Origin` of the request: without one it isn't a CORS request.
 */
export function applyPolicy(policy: HeadersPolicy, headers: OutgoingHttpHeaders, origin: Origin, localize: Localize) {
  for (const name of policy.remove) delete headers[name];
  for (const { name, value, override } of [...policy.set, ...corsHeaders(policy.cors, origin)]) {
    if (override || headers[name] === undefined) headers[name] = localize(value);
  }
}

/** What a policy says to an origin: `*`, the origin, or nothing. */
export function allowedOrigin(cors: Cors, origin: string | undefined): string | undefined {
  if (origin === undefined) return undefined;
  return ['*', origin].find((one) => cors?.AccessControlAllowOrigins.Items.includes(one));
}

/** Those of responses. The headers of preflights are missing, since no behavior here answers them. */
function corsHeaders(cors: Cors, origin: string | undefined): PolicyHeader[] {
  const allowed = allowedOrigin(cors, origin);
  if (!cors || allowed === undefined) return [];
  const { AccessControlAllowCredentials, AccessControlExposeHeaders } = cors;
  const headers = [['access-control-allow-origin', allowed]];
  if (AccessControlAllowCredentials) headers.push(['access-control-allow-credentials', 'true']);
  if (AccessControlExposeHeaders)
    headers.push(['access-control-expose-headers', AccessControlExposeHeaders.Items.join(', ')]);
  return headers.map(([name = '', value = '']) => ({ name, value, override: cors.OriginOverride }));
}
