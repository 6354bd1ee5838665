import { describe, expect, test } from 'vitest';
import { stageTemplate } from './synth.ts';

const { ofType, withId } = stageTemplate('prod');
const bucket = ofType('AWS::S3::Bucket').find(({ id }) => id.startsWith('MediaBucket')) ?? expect.unreachable();
const distribution =
  ofType('AWS::CloudFront::Distribution').find(({ id }) => id.startsWith('MediaSite')) ?? expect.unreachable();
const { DefaultCacheBehavior, CacheBehaviors, Origins } = Object(distribution.properties['DistributionConfig']);

describe('the bucket of uploaded files', () => {
  test('is private, and is spoken to by TLS only', () => {
    expect(Object.values(Object(bucket.properties['PublicAccessBlockConfiguration']))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    const policy = ofType('AWS::S3::BucketPolicy').find(
      ({ properties }) => Object(properties['Bucket']).Ref === bucket.id,
    );
    expect(Object(policy?.properties['PolicyDocument']).Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 's3:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  });

  test('lets pages of any origin upload, as what lets an upload in is its signature, and nothing else', () => {
    const rules = Object(bucket.properties['CorsConfiguration']).CorsRules;
    expect(rules).toMatchObject([{ AllowedMethods: ['PUT'], AllowedOrigins: ['*'] }]);
  });

  test('is made after the queue lets S3 tell it of uploads, which S3 tries out', () => {
    const policy = ofType('AWS::SQS::QueuePolicy').find(({ properties }) =>
      JSON.stringify(properties).includes('s3.amazonaws.com'),
    );
    expect(bucket.dependsOn).toContain(policy?.id);
  });

  test('tells of uploads, and not of their thumbnails, which are looked at with them', () => {
    const { QueueConfigurations } = Object(bucket.properties['NotificationConfiguration']);
    expect(QueueConfigurations).toMatchObject([
      { Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'uploads/' }] } } },
    ]);
  });

  test('forgets what was not looked at within a day, and what was removed within 35 days', () => {
    expect(Object(bucket.properties['LifecycleConfiguration']).Rules).toMatchObject([
      { Prefix: 'uploads/', ExpirationInDays: 1, NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
      { Prefix: 'uploaded-thumbnails/', ExpirationInDays: 1, NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
      {
        NoncurrentVersionExpiration: { NoncurrentDays: 35 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      },
    ]);
    expect(bucket.properties['VersioningConfiguration']).toEqual({ Status: 'Enabled' });
  });

  test('is kept in prod', () => expect(bucket.deletionPolicy).toBe('RetainExceptOnCreate'));
});

describe('the domain of uploaded files', () => {
  test('shows nothing without a signature but avatars', () => {
    expect(DefaultCacheBehavior.TrustedKeyGroups).toHaveLength(1);
    expect(CacheBehaviors.map((behavior: object) => Object(behavior).PathPattern)).toEqual(['/avatars/*']);
  });

  test('has nothing but the bucket, and lets browsers do nothing with what it has', () => {
    expect(Origins).toHaveLength(1);
    for (const behavior of [DefaultCacheBehavior, ...CacheBehaviors]) {
      const { ResponseHeadersPolicyConfig } = Object(withId(behavior.ResponseHeadersPolicyId.Ref).properties);
      expect(ResponseHeadersPolicyConfig.SecurityHeadersConfig).toMatchObject({
        ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'none'; sandbox", Override: true },
        ContentTypeOptions: { Override: true },
      });
      expect(ResponseHeadersPolicyConfig.CorsConfig).toMatchObject({
        AccessControlAllowCredentials: false,
        AccessControlAllowOrigins: { Items: ['*'] },
      });
      expect(behavior.ViewerProtocolPolicy).toBe('https-only');
      expect(behavior.AllowedMethods).toBeUndefined();
    }
  });
});
