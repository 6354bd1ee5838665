import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginRequestPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from '#lib/acknowledge.ts';
import { globalName } from '#lib/names.ts';
import type { Settings } from '#lib/settings.ts';
import type { AuthSecret } from './auth-secret.ts';
import { uncachedErrors } from './error-caching.ts';
import { Firewall } from './firewall.ts';
import type { HttpApi } from './http-api.ts';
import type { MediaBucket } from './media-bucket.ts';
import type { MediaSite } from './media-site.ts';
import { distributionNames, nameDistribution } from './own-names.ts';
import type { SocketApi } from './socket-api.ts';

export interface SiteProps {
  readonly http: HttpApi;
  readonly socket: SocketApi;
  readonly auth: AuthSecret;
  readonly mediaSite: MediaSite;
  readonly mediaBucket: MediaBucket;
  readonly settings: Settings;
}

/**
 * The distribution for the page and, below `/api`, the HTTP API. With one origin, there is no CORS, and cookies are first-party.
 * With a firewall new sockets come through it, too, at `/ws`.
 */
export class Site extends Construct {
  /** The bucket of the page. */
  readonly bucket: Bucket;
  readonly url: string;
  /** The URL at which clients open sockets. */
  readonly socketUrl: string;

  constructor(scope: Construct, id: string, props: SiteProps) {
    super(scope, id);
    const { http, socket, auth, settings } = props;
    const { domain, firewall } = settings;
    // Functions trust the forwarded IP address of a client only with this secret (decision 0012).
    const customHeaders = { 'x-storm-edge': auth.edge };
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      // Parts of an upload that was broken off are paid for, and aren't listed as objects.
      lifecycleRules: [{ id: 'parts', abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      // A deployment restores everything in it.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledge(this.bucket, 'S1', 'It has only public files, and only CloudFront may read them.');

    const files: BehaviorOptions = {
      origin: S3BucketOrigin.withOriginAccessControl(this.bucket, {
        originAccessControl: new S3OriginAccessControl(this, 'Access', {
          originAccessControlName: globalName(this, 'Access'),
        }),
      }),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      responseHeadersPolicy: responseHeaders(this, 'Headers', pageContent(props), pageHeaders),
    };
    const distribution = new Distribution(this, 'Distribution', {
      defaultRootObject: 'index.html',
      defaultBehavior: files,
      additionalBehaviors: {
        // The names of these files contain a hash of their content.
        '/assets/*': {
          ...files,
          responseHeadersPolicy: responseHeaders(this, 'AssetHeaders', pageContent(props), {
            ...pageHeaders,
            'Cache-Control': 'public, max-age=31536000, immutable',
          }),
        },
        '/api/*': {
          origin: new HttpOrigin(http.domainName, { customHeaders }),
          viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
          allowedMethods: AllowedMethods.ALLOW_ALL,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
          // Those of lambdas/kit/security-headers.ts, since the gateway answers some requests by itself.
          responseHeadersPolicy: responseHeaders(this, 'ApiHeaders', ["default-src 'none'", "frame-ancestors 'none'"]),
        },
        // The policy forwards all that a WebSocket needs ("Use WebSockets with CloudFront distributions").
        ...(firewall && {
          '/ws': {
            origin: new HttpOrigin(socket.domainName, { customHeaders }),
            viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
            cachePolicy: CachePolicy.CACHING_DISABLED,
            originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
          },
        }),
      },
      errorResponses: uncachedErrors,
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      ...(domain && distributionNames(this, domain, 'page')),
      ...(firewall && { webAclId: firewall === 'own' ? new Firewall(this, 'Firewall').webAclArn : firewall.webAclArn }),
    });
    if (domain) nameDistribution(this, domain, 'page', distribution);
    distribution.node.addDependency(auth.generated);
    const host = domain?.page ?? distribution.distributionDomainName;
    this.url = `https://${host}`;
    this.socketUrl = firewall ? `wss://${host}/ws` : socket.url;
    acknowledge(distribution, 'CFR1', 'Users may be in any country.');
    if (!firewall)
      acknowledge(distribution, 'CFR2', 'A WAF has a monthly price. Throttling and limits of attempts prevent abuse.');
    acknowledge(distribution, 'CFR3', 'Metrics count requests, and functions log failures.');
    if (!domain)
      acknowledge(distribution, 'CFR4', 'Only a distribution with a custom domain can require more than TLS 1.');
  }
}

const pageHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  // The page records voice messages.
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(self)',
};

/** What the page may load and run. Each name after `trusted-types` is of a policy that its code makes, once. */
function pageContent({ socket, mediaSite, mediaBucket, settings: { domain, firewall } }: SiteProps): string[] {
  // Through the firewall sockets are opened at the page's own origin. Without a domain its name isn't known here, and 'self' has to
  // do: it includes wss ("Content Security Policy Level 3", 6.7.2.8).
  const own = domain ? [`wss://${domain.page}`] : [];
  const sockets = firewall ? own : [socket.origin];
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: blob: ${mediaSite.url}`,
    `media-src blob: ${mediaSite.url}`,
    "font-src 'self'",
    "manifest-src 'self'",
    // A file is downloaded by the page: a link to another origin would open it.
    ['connect-src', "'self'", ...sockets, mediaBucket.uploadUrl, mediaSite.url].join(' '),
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types service-worker',
  ];
}

function responseHeaders(
  scope: Construct,
  id: string,
  content: readonly string[],
  more: Readonly<Record<string, string>> = {},
): ResponseHeadersPolicy {
  const headers = { 'Cross-Origin-Resource-Policy': 'same-origin', ...more };
  return new ResponseHeadersPolicy(scope, id, {
    responseHeadersPolicyName: globalName(scope, id),
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy: content.join('; '), override: true },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
      strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
    },
    customHeadersBehavior: {
      customHeaders: Object.entries(headers).map(([header, value]) => ({ header, value, override: true })),
    },
  });
}
