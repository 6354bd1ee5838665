import type { OutgoingHttpHeaders } from 'node:http';
import type { HeadersPolicyConfig } from './properties.ts';

interface PolicyHeader {
  readonly name: string;
  readonly value: string;
  /** Whether the header replaces one that the origin has set. */
  readonly override: boolean;
}

export interface HeadersPolicy {
  readonly set: readonly PolicyHeader[];
  readonly remove: readonly string[];
}

/** Returns the headers that a policy adds. Source: AWS, "Understand response headers policies" (CloudFront). */
export function headersPolicy({
  SecurityHeadersConfig,
  CustomHeadersConfig,
  RemoveHeadersConfig,
}: HeadersPolicyConfig): HeadersPolicy {
  const security = SecurityHeadersConfig;
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
  for (const item of CustomHeadersConfig.Items) add(item.Header, item.Value, item);
  return { set, remove: RemoveHeadersConfig.Items.map(({ Header }) => Header.toLowerCase()) };
}

/** Adds a policy's headers to a response. `localize` replaces AWS addresses in them, for example in a content security policy. */
export function applyPolicy(
  policy: HeadersPolicy,
  headers: OutgoingHttpHeaders,
  localize: (text: string) => string,
): void {
  for (const name of policy.remove) delete headers[name];
  for (const { name, value, override } of policy.set) {
    if (override || headers[name] === undefined) headers[name] = localize(value);
  }
}
