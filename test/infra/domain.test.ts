import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { readSettings } from '#lib/settings.ts';
import { stackOf, stageTemplate } from './synth.ts';

const page = 'chat.example.org';
const arn = (region: string) => `arn:aws:acm:${region}:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000000`;
const webAclArn = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/chat/0a1b2c3d-0000-4000-8000-000000000000';
const given = { domainName: page, certificateArn: arn('us-east-1'), regionalCertificateArn: arn('eu-west-1') };
const read = (context: Record<string, unknown>, region?: string) => readSettings((key) => context[key], region);

describe('the settings of a domain', () => {
  test('name four hosts', () => {
    const { domain } = read({ ...given, hostedZoneId: 'Z0123456789' }, 'eu-west-1');
    expect(domain).toMatchObject({ page, media: `media.${page}`, api: `api.${page}`, socket: `socket.${page}` });
  });

  test('need one certificate in us-east-1', () => {
    const { domain } = read({ domainName: page, certificateArn: arn('us-east-1') }, 'us-east-1');
    expect(domain?.regionalCertificateArn).toBe(arn('us-east-1'));
  });

  test.for<[string, object, RegExp]>([
    ['no certificate', { domainName: page }, /needs certificateArn.*media\.chat\.example\.org/],
    [
      'a certificate of another region for CloudFront',
      { ...given, certificateArn: arn('eu-west-1') },
      /CloudFront only/,
    ],
    [
      'none of the region for API Gateway',
      { domainName: page, certificateArn: arn('us-east-1') },
      /regionalCertificateArn/,
    ],
    [
      'one of a third region for API Gateway',
      { ...given, regionalCertificateArn: arn('us-west-2') },
      /in eu-west-1 only/,
    ],
    ['a certificate without a domain', { certificateArn: arn('us-east-1') }, /only used with domainName/],
    ['a zone without a domain', { hostedZoneId: 'Z0123456789' }, /only used with domainName/],
    ['an address in place of a name', { ...given, domainName: 'https://chat.example.org' }, /domainName/],
    ['the name of a certificate', { ...given, certificateArn: 'chat' }, /certificateArn/],
    ['the name of a zone', { ...given, hostedZoneId: 'example.org' }, /hostedZoneId/],
    ['a web ACL of a region', { webAclArn: webAclArn.replace('global', 'regional') }, /us-east-1/],
    ['a web ACL of ours elsewhere', { firewall: 'true' }, /us-east-1 only.*webAclArn/],
    ['two web ACLs', { firewall: 'true', webAclArn }, /only one/],
  ])('refuse %s', ([, context, message]) => {
    expect(() => read({ ...context }, 'eu-west-1')).toThrow(message);
  });

  test('are left alone by the local stack', () => {
    const { domain, firewall } = read({ ...given, webAclArn, 'cdk-local-stack': true });
    expect([domain, firewall]).toEqual([undefined, undefined]);
  });
});

const named = stageTemplate('dev', given);
const zoned = stageTemplate('prod', { ...given, hostedZoneId: 'Z0123456789', webAclArn });

function distributionOf({ ofType }: typeof named, name: string) {
  const configs = ofType('AWS::CloudFront::Distribution').map(({ properties }) => properties['DistributionConfig']);
  return configs.find(({ Aliases }) => Aliases?.includes(name)) ?? expect.unreachable(`no distribution for ${name}`);
}

/** The environment of a function, with what the template resolves as JSON text. */
function environmentOf({ ofType }: typeof named, name: string): Record<string, string> {
  const all = ofType('AWS::Lambda::Function').map(({ properties }) => properties['Environment']?.Variables ?? {});
  return all.find(({ FUNCTION }) => FUNCTION === name) ?? expect.unreachable(name);
}

describe('a stack with a domain', () => {
  test.for(['page', 'media'])('has a distribution for the %s, by TLS 1.2 of 2021 at least', (name) => {
    const host = name === 'page' ? page : `${name}.${page}`;
    expect(distributionOf(named, host)).toMatchObject({
      Aliases: [host],
      ViewerCertificate: { AcmCertificateArn: arn('us-east-1'), MinimumProtocolVersion: 'TLSv1.2_2021' },
    });
  });

  test('has a name for each API, by TLS 1.2, and no other way in', () => {
    const apis = named.ofType('AWS::ApiGatewayV2::Api');
    expect(apis).toHaveLength(2);
    for (const { properties } of apis) expect(properties['DisableExecuteApiEndpoint']).toBe(true);
    for (const { properties } of stageTemplate('dev').ofType('AWS::ApiGatewayV2::Api'))
      expect(properties['DisableExecuteApiEndpoint']).toBeUndefined();
    const names = named.ofType('AWS::ApiGatewayV2::DomainName').map(({ properties }) => properties);
    expect(names.map(({ DomainName }) => DomainName).toSorted()).toEqual([`api.${page}`, `socket.${page}`]);
    for (const { DomainNameConfigurations } of names)
      expect(DomainNameConfigurations).toMatchObject([
        { CertificateArn: arn('eu-west-1'), EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' },
      ]);
    const mappings = named.ofType('AWS::ApiGatewayV2::ApiMapping').map(({ properties }) => properties['ApiMappingKey']);
    expect(mappings.toSorted()).toEqual(['api', 'ws']);
  });

  test('has no address of AWS where clients, tokens, origins or posts to sockets are concerned', () => {
    // Among it the page's configuration, /config.json.
    const text = JSON.stringify(named.json);
    expect(text).not.toContain('.execute-api.');
    const { ALLOWED_ORIGINS, TOKEN_ISSUER } = environmentOf(named, 'authorizer');
    expect([ALLOWED_ORIGINS, TOKEN_ISSUER]).toEqual([`https://${page}`, `https://${page}`]);
    expect(environmentOf(named, 'message')['WEBSOCKET_ENDPOINT']).toBe(`https://socket.${page}/ws`);
    expect(environmentOf(named, 'media')['MEDIA_URL']).toBe(`https://media.${page}`);
    expect(environmentOf(named, 'push')['PAGE_URL']).toBe(`https://${page}`);
    const { PageUrl, HttpUrl, WsUrl } = named.json['Outputs'];
    expect([PageUrl, HttpUrl, WsUrl].map(({ Value }) => Value)).toEqual([
      `https://${page}`,
      `https://${page}/api`,
      `wss://socket.${page}/ws`,
    ]);
    const policies = JSON.stringify(named.ofType('AWS::CloudFront::ResponseHeadersPolicy'));
    expect(policies).toContain(`img-src 'self' data: blob: https://media.${page}`);
    expect(policies).toContain(`connect-src 'self' wss://socket.${page}`);
  });

  test('has CloudFront talk to the API by its name', () => {
    const { Origins } = distributionOf(named, page);
    expect(Origins.map(({ DomainName }: { DomainName: unknown }) => DomainName)).toContain(`api.${page}`);
  });

  test('says which records the DNS needs, or makes them in the hosted zone', () => {
    const records = Object.values(named.json['Outputs']).flatMap((output) => {
      const text = JSON.stringify(Object(output).Value);
      return text.includes(' CNAME ') ? [text.match(/[\w.]+(?= CNAME )/)?.[0]] : [];
    });
    const hosts = [page, `api.${page}`, `media.${page}`, `socket.${page}`];
    expect(records.toSorted()).toEqual(hosts.toSorted());
    expect(named.ofType('AWS::Route53::RecordSet')).toEqual([]);
    const made = zoned.ofType('AWS::Route53::RecordSet').map(({ properties }) => properties);
    expect([...new Set(made.map(({ Name }) => Name))].toSorted()).toEqual(hosts.map((host) => `${host}.`).toSorted());
    for (const { HostedZoneId } of made) expect(HostedZoneId).toBe('Z0123456789');
  });
});

describe('a stack with a firewall', () => {
  const own = stageTemplate('dev', { firewall: 'true' });

  test('puts a web ACL before the page, the HTTP API and new sockets', () => {
    const config = distributionOf(zoned, page);
    expect(config.WebACLId).toBe(webAclArn);
    const { CacheBehaviors, Origins } = config;
    const socket = CacheBehaviors.find(({ PathPattern }: { PathPattern: string }) => PathPattern === '/ws');
    const origin = Origins.find(({ Id }: { Id: string }) => Id === socket.TargetOriginId);
    expect(origin).toMatchObject({
      DomainName: `socket.${page}`,
      OriginCustomHeaders: [{ HeaderName: 'x-storm-edge' }],
    });
    expect(zoned.json['Outputs'].WsUrl.Value).toBe(`wss://${page}/ws`);
    const policies = JSON.stringify(zoned.ofType('AWS::CloudFront::ResponseHeadersPolicy'));
    expect(policies).toContain(`connect-src 'self' wss://${page} `);
  });

  test('limits what one address may ask, and more so where accounts are concerned', () => {
    const [acl] = own.ofType('AWS::WAFv2::WebACL');
    expect(acl?.properties).toMatchObject({ Scope: 'CLOUDFRONT', DefaultAction: { Allow: {} } });
    const rules = acl?.properties['Rules'].map((rule: object) => Object(rule).Statement.RateBasedStatement);
    expect(rules).toMatchObject([
      { AggregateKeyType: 'IP', ScopeDownStatement: { ByteMatchStatement: { SearchString: '/api/auth/' } } },
      { AggregateKeyType: 'IP' },
    ]);
    expect(rules[0].Limit).toBeLessThan(rules[1].Limit);
  });

  test('has requests refused that go round it: each function behind a gateway has the hash of the proof', () => {
    const integrations = JSON.stringify(own.ofType('AWS::ApiGatewayV2::Integration'));
    const http = own.ofType('AWS::Lambda::Function').filter(({ id, properties }) => {
      const isSocket = ['connect', 'disconnect', 'message', 'commands', 'receipts'].includes(
        properties['Environment']?.Variables.FUNCTION,
      );
      return integrations.includes(`"${id}"`) && !isSocket;
    });
    expect(http.length).toBeGreaterThan(5);
    for (const { id, properties } of http) expect(properties['Environment'].Variables, id).toHaveProperty('EDGE_HASH');
    expect(environmentOf(own, 'authorizer')).toHaveProperty('EDGE_HASH');
    for (const { properties } of stageTemplate('dev').ofType('AWS::Lambda::Function'))
      expect(properties['Environment']?.Variables ?? {}).not.toHaveProperty('EDGE_HASH');
  });

  test('opens sockets at its own origin, also without a domain', () => {
    expect(JSON.stringify(own.json['Outputs'].WsUrl.Value)).toMatch(
      /"wss:\/\/",\{"Fn::GetAtt":\["SiteDistribution\w+","DomainName"\]\},"\/ws"/,
    );
    const [policy] = own
      .ofType('AWS::CloudFront::ResponseHeadersPolicy')
      .map(({ properties }) => JSON.stringify(properties));
    expect(policy).not.toContain('  ');
  });

  test.for([{ ...given, webAclArn }, { ...given, hostedZoneId: 'Z0123456789' }, { firewall: 'true' }])(
    'and with a domain keeps the AWS Solutions rules %#',
    (context) => {
      const stack = stackOf('prod', context);
      const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);
      const found = violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
      );
      expect(found).toEqual([]);
    },
  );
});
