import { Duration } from 'aws-cdk-lib';
import {
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  HeadersReferrerPolicy,
  HttpVersion,
  KeyGroup,
  PriceClass,
  PublicKey,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Construct } from 'constructs';
import { acknowledge } from '#lib/acknowledge.ts';
import { globalName } from '#lib/names.ts';
import type { Settings } from '#lib/settings.ts';
import type { AppFunction } from './app-function.ts';
import { uncachedErrors } from './error-caching.ts';
import { GeneratedKey } from './generated-key.ts';
import type { MediaBucket } from './media-bucket.ts';
import { distributionNames, nameDistribution } from './own-names.ts';

/**
 * The distribution for uploaded files. It has another domain than the page, so that a file can't act with the page's origin. All
 * files but avatars need a signed URL.
 */
export class MediaSite extends Construct {
  readonly url: string;
  private readonly privateKey: GeneratedKey;
  private readonly key: PublicKey;

  constructor(scope: Construct, id: string, { bucket, settings }: { bucket: MediaBucket; settings: Settings }) {
    super(scope, id);
    const { domain } = settings;
    // CloudFront has the public key, so a new key also needs a new public key resource of CloudFront.
    this.privateKey = new GeneratedKey(this, 'Secret', { generator: 'media-key', settings });
    this.key = new PublicKey(this, 'PublicKey', {
      publicKeyName: globalName(this, 'PublicKey'),
      encodedKey: this.privateKey.generated.getAttString('PublicKey'),
    });

    const { originAccessControlId } = new S3OriginAccessControl(this, 'Access', {
      originAccessControlName: globalName(this, 'Access'),
    });
    const avatars: BehaviorOptions = {
      origin: S3BucketOrigin.withBucketDefaults(bucket.bucket, { originAccessControlId }),
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      responseHeadersPolicy: this.responseHeaders(),
    };
    const distribution = new Distribution(this, 'Distribution', {
      defaultBehavior: {
        ...avatars,
        trustedKeyGroups: [
          new KeyGroup(this, 'KeyGroup', { keyGroupName: globalName(this, 'KeyGroup'), items: [this.key] }),
        ],
      },
      additionalBehaviors: { '/avatars/*': avatars },
      errorResponses: uncachedErrors,
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      ...(domain && distributionNames(this, domain, 'media')),
    });
    if (domain) nameDistribution(this, domain, 'media', distribution);
    bucket.allowDistribution(distribution.distributionArn);
    this.url = `https://${domain?.media ?? distribution.distributionDomainName}`;
    acknowledge(distribution, 'CFR1', 'Users may be in any country.');
    acknowledge(distribution, 'CFR2', 'A WAF has a monthly price, and all files but avatars need a signed URL.');
    acknowledge(distribution, 'CFR3', 'Metrics count requests. A log would show who has fetched which file.');
    if (!domain)
      acknowledge(distribution, 'CFR4', 'Only a distribution with a custom domain can require more than TLS 1.');
  }

  /** Lets a function sign URLs of files. */
  grantSign(fn: AppFunction): void {
    this.privateKey.grantRead(fn, 'MEDIA_KEY_PARAMETER');
    fn.addEnvironment('MEDIA_KEY_ID', this.key.publicKeyId);
    this.grantName(fn);
  }

  /** Gives a function the URL of the distribution, which is enough for the URLs of avatars. */
  grantName(fn: AppFunction): void {
    fn.addEnvironment('MEDIA_URL', this.url);
  }

  /**
   * The headers make browsers use the declared type and run nothing, even if a file isn't what it seems. Scripts of any origin may read
   * files (to draw them, or to decode sound), since what lets a file out is its signature, and cookies play no part.
   */
  private responseHeaders(): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, 'Headers', {
      responseHeadersPolicyName: globalName(this, 'Headers'),
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'; sandbox", override: true },
        contentTypeOptions: { override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
      },
      corsBehavior: {
        accessControlAllowCredentials: false,
        accessControlAllowHeaders: ['*'],
        accessControlAllowMethods: ['GET', 'HEAD'],
        accessControlAllowOrigins: ['*'],
        // What a player that reads parts of a file needs beside the length and the type, which scripts may always read.
        accessControlExposeHeaders: ['Accept-Ranges', 'Content-Range', 'ETag'],
        originOverride: true,
      },
      customHeadersBehavior: {
        customHeaders: [{ header: 'Cross-Origin-Resource-Policy', value: 'cross-origin', override: true }],
      },
    });
  }
}
