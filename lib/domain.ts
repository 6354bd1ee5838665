import * as z from 'zod/mini';

/** The names of a stage under a domain of its own. */
export interface Domain {
  /** Of the page, and of the HTTP API below `/api`. */
  readonly page: string;
  /** Of uploaded files. */
  readonly media: string;
  /** Of the HTTP API, to which CloudFront and programs talk. */
  readonly api: string;
  readonly socket: string;
  /** The certificate for `page` and `media`. CloudFront takes those of us-east-1 only. */
  readonly certificateArn: string;
  /** The certificate for `api` and `socket`. API Gateway takes those of its own region only. */
  readonly regionalCertificateArn: string;
  /** The hosted zone that gets the records. Without one the outputs name the records. */
  readonly hostedZoneId?: string | undefined;
}

const certificate = z
  .string()
  .check(z.regex(/^arn:aws[\w-]*:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/, 'must be the ARN of a certificate in ACM'));

/** The context values of an own domain. */
export const domainContext = {
  domainName: z.optional(
    z
      .string()
      .check(
        z.regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, 'must be a domain name in lower case'),
        z.maxLength(200),
      ),
  ),
  certificateArn: z.optional(certificate),
  regionalCertificateArn: z.optional(certificate),
  hostedZoneId: z.optional(z.string().check(z.regex(/^Z[A-Z0-9]{1,31}$/, 'must be the id of a hosted zone'))),
};

const Given = z.object(domainContext);

/**
 * The domain that the context asks for, or undefined if it asks for none. `region` is that of the deployment, if it is known at
 * synthesis. Throws if a certificate is missing or in a region where the service can't use it.
 */
export function readDomain(given: z.output<typeof Given>, region: string | undefined): Domain | undefined {
  const { domainName, certificateArn, hostedZoneId, regionalCertificateArn = certificateArn } = given;
  if (domainName === undefined) {
    const needless = Object.entries(given).find(([key, value]) => key in domainContext && value !== undefined);
    if (needless) throw new Error(`${needless[0]} is only used with domainName.`);
    return undefined;
  }
  const names = {
    page: domainName,
    media: `media.${domainName}`,
    api: `api.${domainName}`,
    socket: `socket.${domainName}`,
  };
  if (certificateArn === undefined || regionalCertificateArn === undefined)
    throw new Error(
      `domainName needs certificateArn, a certificate in us-east-1 for ${names.page} and ${names.media}. ` +
        'A wildcard certificate can be for all names.',
    );
  if (regionOf(certificateArn) !== 'us-east-1')
    throw new Error(
      `certificateArn is in ${regionOf(certificateArn)}, and CloudFront only takes certificates of us-east-1. ` +
        'The one of the stack’s own region is regionalCertificateArn.',
    );
  if (region !== undefined && regionOf(regionalCertificateArn) !== region)
    throw new Error(
      `API Gateway in ${region} only takes certificates of ${region}. Give one for ${names.api} and ${names.socket} as ` +
        'regionalCertificateArn.',
    );
  return { ...names, certificateArn, regionalCertificateArn, hostedZoneId };
}

/** The region of an ARN. */
export const regionOf = (arn: string): string => arn.split(':')[3] ?? '';
