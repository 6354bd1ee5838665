import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
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
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '#lib/acknowledge.ts';
import type { Settings } from '#lib/settings.ts';
import { AppFunction } from './app-function.ts';

/**
 * Where files that people uploaded are fetched: a domain on which nothing else is, so that none of them can ever act in the page's
 * name. All but avatars need a signed address. The bucket is only named here, as it needs to know the page, which needs to know
 * this: decision 0060.
 */
export class MediaSite extends Construct {
  readonly bucketName: string;
  /** Where uploads go; the slash makes it good for every path below, wherever it stands. */
  readonly uploadUrl: string;
  readonly url: string;
  readonly distributionArn: string;
  private readonly secret: CfnSecret;
  private readonly key: PublicKey;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const { account, region, stackName, urlSuffix } = Stack.of(this);
    this.bucketName = `${stackName}-media-${account}-${region}`;
    this.uploadUrl = `https://${this.bucketName}.s3.${region}.${urlSuffix}/`;

    this.secret = new CfnSecret(this, 'Secret', { description: 'STORM: the key that signs addresses of files' });
    this.secret.applyRemovalPolicy(settings.dataRemoval);
    acknowledge(this.secret, 'SMG4', 'CloudFront knows its public half; another one takes another key of CloudFront.');
    this.key = new PublicKey(this, 'PublicKey', { encodedKey: this.makeKey(settings) });

    const bucket = Bucket.fromBucketName(this, 'Bucket', this.bucketName);
    const { originAccessControlId } = new S3OriginAccessControl(this, 'Access');
    const avatars: BehaviorOptions = {
      origin: S3BucketOrigin.withBucketDefaults(bucket, { originAccessControlId }),
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      responseHeadersPolicy: this.responseHeaders(),
    };
    const distribution = new Distribution(this, 'Distribution', {
      defaultBehavior: { ...avatars, trustedKeyGroups: [new KeyGroup(this, 'KeyGroup', { items: [this.key] })] },
      additionalBehaviors: { '/avatars/*': avatars },
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
    });
    this.distributionArn = distribution.distributionArn;
    this.url = `https://${distribution.distributionDomainName}`;
    acknowledge(distribution, 'CFR1', 'People may chat from everywhere.');
    acknowledge(distribution, 'CFR2', 'A WAF has a monthly price; all but avatars takes a signed address.');
    acknowledge(distribution, 'CFR3', 'Metrics count requests; a log would say who looked at what.');
    acknowledge(distribution, 'CFR4', 'Only a distribution with a domain of its own can demand more than TLS 1.');
  }

  /** Signing addresses of files. */
  grantSign(fn: AppFunction): void {
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [this.secret.ref] }),
    );
    fn.addEnvironment('MEDIA_KEY_SECRET_ARN', this.secret.ref);
    fn.addEnvironment('MEDIA_KEY_ID', this.key.publicKeyId);
    this.grantName(fn);
  }

  /** Naming avatars, which need no signature. */
  grantName(fn: AppFunction): void {
    fn.addEnvironment('MEDIA_URL', this.url);
  }

  private makeKey(settings: Settings): string {
    const fill = new AppFunction(this, 'Key', { name: 'media-key', settings, memoryMiB: 512 });
    fill.addToRolePolicy(
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
        resources: [this.secret.ref],
      }),
    );
    const filled = new CustomResource(this, 'Filled', {
      resourceType: 'Custom::MediaKey',
      serviceToken: fill.functionArn,
      serviceTimeout: Duration.minutes(2),
      properties: { SecretArn: this.secret.ref },
    });
    return filled.getAttString('PublicKey');
  }

  /** Whatever a file may be after all: browsers don't guess, and let it do nothing. */
  private responseHeaders(): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, 'Headers', {
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'; sandbox", override: true },
        contentTypeOptions: { override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
      },
      customHeadersBehavior: {
        customHeaders: [{ header: 'Cross-Origin-Resource-Policy', value: 'cross-origin', override: true }],
      },
    });
  }
}
