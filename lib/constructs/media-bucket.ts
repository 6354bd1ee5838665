import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, HttpMethods } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '#lib/acknowledge.ts';
import type { Settings } from '#lib/settings.ts';
import type { AppFunction } from './app-function.ts';
import type { WorkQueue } from './work-queue.ts';

/** As `objectKeys` in core/media/media.ts has them. */
const folders = { uploads: 'uploads/*', media: 'media/*', avatars: 'avatars/*' };

/** The bytes of uploaded files. */
export class MediaBucket extends Construct {
  readonly bucket: Bucket;
  /** Where uploads go; the slash makes it good for every path below, wherever it stands. */
  readonly uploadUrl: string;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      // What a backup needs ("Amazon S3 backups" of the AWS Backup guide).
      versioned: true,
      // Any origin: what lets an upload in is its signature, and the page, whose address would be here, needs the bucket's (decision 0090).
      cors: [{ allowedOrigins: ['*'], allowedMethods: [HttpMethods.PUT], allowedHeaders: ['*'], maxAge: 3600 }],
      lifecycleRules: [
        {
          id: 'uploads',
          prefix: 'uploads/',
          expiration: Duration.days(1),
          noncurrentVersionExpiration: Duration.days(1),
        },
        {
          id: 'removed',
          noncurrentVersionExpiration: Duration.days(30),
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      removalPolicy: settings.dataRemoval,
      autoDeleteObjects: settings.dataRemoval === RemovalPolicy.DESTROY,
    });
    acknowledge(this.bucket, 'S1', 'Only our functions write and only CloudFront reads; metrics count both.');
    this.uploadUrl = `https://${this.bucket.bucketRegionalDomainName}/`;
  }

  /** Lets a distribution read what has been looked at. */
  allowDistribution(distributionArn: string): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
        actions: ['s3:GetObject'],
        resources: [folders.media, folders.avatars].map((folder) => this.bucket.arnForObjects(folder)),
        conditions: { StringEquals: { 'AWS:SourceArn': distributionArn } },
      }),
    );
  }

  /**
   * Has a queue told of every upload. It is set in the bucket itself: what CDK would do needs a function of its own with rights on all buckets.
   */
  tellUploads({ queue }: WorkQueue): void {
    const { account, partition, stackName } = Stack.of(this);
    // The name that the bucket gets begins with the stack's; the policy can't wait for it, because S3 tries the queue out when the bucket is made.
    const anyBucketOfThisStack = `arn:${partition}:s3:::${stackName}-*`;
    const allowed = queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: {
          ArnLike: { 'aws:SourceArn': anyBucketOfThisStack },
          StringEquals: { 'aws:SourceAccount': account },
        },
      }),
    );
    const { defaultChild } = this.bucket.node;
    if (!(defaultChild instanceof CfnBucket)) throw new Error('A bucket is not what it was in CDK');
    defaultChild.notificationConfiguration = {
      queueConfigurations: [
        {
          event: 's3:ObjectCreated:*',
          queue: queue.queueArn,
          filter: { s3Key: { rules: [{ name: 'prefix', value: 'uploads/' }] } },
        },
      ],
    };
    if (allowed.policyDependable) this.bucket.node.addDependency(allowed.policyDependable);
  }

  /** Signing uploads: what an address allows is what the function that signed it may do. */
  grantUpload(fn: AppFunction): void {
    this.allow(fn, 's3:PutObject', folders.uploads);
  }

  /** Reading uploads and storing what is left of them. */
  grantInspect(fn: AppFunction): void {
    this.allow(fn, 's3:GetObject', folders.uploads);
    this.allow(fn, 's3:DeleteObject', folders.uploads);
    this.allow(fn, 's3:PutObject', folders.media, folders.avatars);
    // Else S3 answers for an object that isn't there as for one that may not be read ("GetObject").
    fn.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }));
  }

  grantSweep(fn: AppFunction): void {
    this.allow(fn, 's3:DeleteObject', folders.uploads, folders.media, folders.avatars);
    fn.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }));
  }

  private allow(fn: AppFunction, action: string, ...allowed: string[]): void {
    const resources = allowed.map((folder) => this.bucket.arnForObjects(folder));
    fn.addToRolePolicy(new PolicyStatement({ actions: [action], resources }));
    for (const resource of resources) acknowledgeWildcard(fn.role, resource, 'Files get their ids when they come.');
    fn.addEnvironment('MEDIA_BUCKET', this.bucket.bucketName);
  }
}
