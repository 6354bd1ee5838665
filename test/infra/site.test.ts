import { describe, expect, test } from 'vitest';
import { securityHeaders } from '#lambdas/kit/security-headers.ts';
import { stageTemplate } from './synth.ts';

const { ofType, withId } = stageTemplate('prod');
const { DefaultCacheBehavior, CacheBehaviors, Origins } =
  ofType('AWS::CloudFront::Distribution')
    .map(({ properties }) => Object(properties['DistributionConfig']))
    .find((config) => config.DefaultRootObject) ?? expect.unreachable();
const behaviors: Record<string, typeof DefaultCacheBehavior> = Object.fromEntries([
  ['*', DefaultCacheBehavior],
  ...CacheBehaviors.map((behavior: { PathPattern: string }) => [behavior.PathPattern, behavior]),
]);
const headersOf = (path: string) =>
  withId(behaviors[path].ResponseHeadersPolicyId.Ref).properties.ResponseHeadersPolicyConfig;
const originOf = (path: string) => Origins.find(({ Id }: { Id: string }) => Id === behaviors[path].TargetOriginId);

describe('the site', () => {
  test('has the page, its assets and the HTTP API on one origin', () => {
    expect(Object.keys(behaviors)).toEqual(['*', '/assets/*', '/api/*']);
    expect(originOf('/assets/*')).toBe(originOf('*'));
    expect(originOf('/api/*').OriginCustomHeaders).toMatchObject([{ HeaderName: 'x-storm-edge' }]);
  });

  test('passes calls on uncached, by TLS, with all that the viewer sent but the host', () => {
    // Managed policies: "Use managed cache policies", CachingDisabled, and "Use managed origin request policies",
    // AllViewerExceptHostHeader.
    expect(behaviors['/api/*']).toMatchObject({
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
      ViewerProtocolPolicy: 'https-only',
    });
    expect(originOf('/api/*').CustomOriginConfig.OriginProtocolPolicy).toBe('https-only');
  });

  test('lets the page run its own scripts only, and talk to its own backend only', () => {
    for (const path of ['*', '/assets/*']) {
      const policy = JSON.stringify(headersOf(path).SecurityHeadersConfig.ContentSecurityPolicy);
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(policy).toContain("require-trusted-types-for 'script'; trusted-types service-worker\"");
      expect(policy).not.toMatch(/unsafe|\*/);
      expect(policy).toMatch(/connect-src 'self' wss:\/\/",\{"Ref":"SocketApi\w+"\}/);
    }
  });

  test('gives answers of the API the headers that the functions give them at their own address', () => {
    const { SecurityHeadersConfig: security, CustomHeadersConfig: custom } = headersOf('/api/*');
    const { AccessControlMaxAgeSec, IncludeSubdomains } = security.StrictTransportSecurity;
    expect({
      'cache-control': 'no-store',
      'content-security-policy': security.ContentSecurityPolicy.ContentSecurityPolicy,
      'referrer-policy': security.ReferrerPolicy.ReferrerPolicy,
      'strict-transport-security': `max-age=${AccessControlMaxAgeSec}${IncludeSubdomains && '; includeSubDomains'}`,
      'x-content-type-options': security.ContentTypeOptions && 'nosniff',
      ...Object.fromEntries(
        custom.Items.map(({ Header, Value }: { Header: string; Value: string }) => [Header.toLowerCase(), Value]),
      ),
    }).toEqual(securityHeaders);
  });

  test('keeps assets for a year and asks for everything else anew', () => {
    const cached = (path: string) =>
      headersOf(path).CustomHeadersConfig.Items.filter(({ Header }: { Header: string }) => Header === 'Cache-Control');
    expect(cached('/assets/*')).toMatchObject([{ Value: 'public, max-age=31536000, immutable' }]);
    expect(cached('*')).toEqual([]);
    expect(ofType('Custom::CDKBucketDeployment')).toMatchObject([
      { properties: { SystemMetadata: { 'cache-control': 'no-cache' } } },
    ]);
  });

  test('has a bucket that is closed to everybody but CloudFront', () => {
    expect(ofType('AWS::S3::Bucket').filter(({ id }) => id.startsWith('Site'))).toMatchObject([
      { properties: { PublicAccessBlockConfiguration: { BlockPublicPolicy: true, RestrictPublicBuckets: true } } },
    ]);
  });
});
