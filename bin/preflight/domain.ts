import { ACMClient, DescribeCertificateCommand } from '@aws-sdk/client-acm';
import { GetHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { regionOf } from '#lib/domain.ts';
import { bad, clientOptions, type Deployment, type Finding, good, note } from './finding.ts';

/** Whether the certificates of the domain are there, are issued, and are for its names, and the hosted zone is the right one. */
export async function checkDomain({ settings: { domain } }: Deployment): Promise<Finding[]> {
  if (!domain) return [];
  const { page, media, api, socket, certificateArn, regionalCertificateArn, hostedZoneId } = domain;
  const findings = [
    await checkCertificate(certificateArn, [page, media]),
    await checkCertificate(regionalCertificateArn, [api, socket]),
  ];
  if (hostedZoneId === undefined)
    return [...findings, note('The outputs of the stack will name four records, which you add to the DNS.')];
  const { HostedZone } = await new Route53Client(clientOptions('us-east-1')).send(
    new GetHostedZoneCommand({ Id: hostedZoneId }),
  );
  const zone = HostedZone?.Name?.replace(/\.$/, '') ?? '';
  const isRight = page === zone || page.endsWith(`.${zone}`);
  const text = `The hosted zone ${hostedZoneId} is that of ${zone}`;
  return [...findings, isRight ? good(`${text}.`) : bad(`${text}, which has no place for ${page}.`)];
}

async function checkCertificate(arn: string, names: readonly string[]): Promise<Finding> {
  const { Certificate } = await new ACMClient(clientOptions(regionOf(arn))).send(
    new DescribeCertificateCommand({ CertificateArn: arn }),
  );
  const { Status, DomainName, SubjectAlternativeNames } = Certificate ?? {};
  const covered = SubjectAlternativeNames ?? [DomainName ?? ''];
  const missing = names.filter((name) => !covered.some((each) => covers(each, name)));
  const text = `The certificate for ${names.join(' and ')} in ${regionOf(arn)}`;
  if (Status !== 'ISSUED') return bad(`${text} isn't issued (${Status}). Validate it in ACM.`);
  if (missing.length > 0) return bad(`${text} is for ${covered.join(', ')}, and not for ${missing.join(' and ')}.`);
  return good(`${text} is issued.`);
}

/** A wildcard stands for one label ("AWS Certificate Manager public certificate characteristics and limitations"). */
function covers(pattern: string, name: string): boolean {
  return pattern === name || (pattern.startsWith('*.') && name.slice(name.indexOf('.')) === pattern.slice(1));
}
