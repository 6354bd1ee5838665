import { CfnOutput, Stack } from 'aws-cdk-lib';
import {
  ApiMapping,
  DomainName,
  type HttpApi,
  type IStage,
  SecurityPolicy,
  type WebSocketApi,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { type DistributionProps, type IDistribution, SecurityPolicyProtocol } from 'aws-cdk-lib/aws-cloudfront';
import { AaaaRecord, ARecord, HostedZone, type IAliasRecordTarget, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties, CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { Construct } from 'constructs';
import type { Domain } from '#lib/domain.ts';
import { pascalCase } from '#lib/names.ts';

type Name = 'page' | 'media' | 'api' | 'socket';

/** The properties of a distribution that has a name of its own. */
export function distributionNames(
  scope: Construct,
  domain: Domain,
  name: 'page' | 'media',
): Partial<DistributionProps> {
  return {
    domainNames: [domain[name]],
    certificate: Certificate.fromCertificateArn(scope, 'Certificate', domain.certificateArn),
    minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
  };
}

/** Leads the name of a distribution to it. */
export function nameDistribution(scope: Construct, domain: Domain, name: 'page' | 'media', to: IDistribution): void {
  addRecords(scope, domain, name, new CloudFrontTarget(to), to.distributionDomainName, ['A', 'AAAA']);
}

/**
 * Gives an API its own name, by TLS 1.2 at least. A WebSocket API can't share one with another kind of API ("Map API stages to a
 * custom domain name for WebSocket APIs"). The stage is below a path of its own name, as at the address that AWS gives.
 */
export function nameApi(
  scope: Construct,
  domain: Domain,
  name: 'api' | 'socket',
  { api, stage }: { readonly api: HttpApi | WebSocketApi; readonly stage: IStage },
): void {
  const domainName = new DomainName(scope, 'Domain', {
    domainName: domain[name],
    certificate: Certificate.fromCertificateArn(scope, 'Certificate', domain.regionalCertificateArn),
    securityPolicy: SecurityPolicy.TLS_1_2,
  });
  new ApiMapping(scope, 'Mapping', { api, domainName, stage, apiMappingKey: stage.stageName });
  const { regionalDomainName, regionalHostedZoneId } = domainName;
  const target = new ApiGatewayv2DomainProperties(regionalDomainName, regionalHostedZoneId);
  addRecords(scope, domain, name, target, regionalDomainName, ['A']);
}

function addRecords(
  scope: Construct,
  domain: Domain,
  name: Name,
  target: IAliasRecordTarget,
  targetName: string,
  types: readonly ('A' | 'AAAA')[],
): void {
  if (domain.hostedZoneId === undefined) {
    new CfnOutput(Stack.of(scope), `${pascalCase(name)}Record`, {
      value: `${domain[name]} CNAME ${targetName}`,
      description: 'To be added to the DNS (an ALIAS, where the name has other records)',
    });
    return;
  }
  const { hostedZoneId } = domain;
  const zone = HostedZone.fromHostedZoneAttributes(scope, 'Zone', { hostedZoneId, zoneName: domain.page });
  // The dot says that the name is complete.
  const record = { zone, recordName: `${domain[name]}.`, target: RecordTarget.fromAlias(target) };
  for (const type of types) new (type === 'A' ? ARecord : AaaaRecord)(scope, `${type}Record`, record);
}
