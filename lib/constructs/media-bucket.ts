import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, HttpMethods } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '#lib/acknowledge.ts';
import type { Settings } from '#lib/settings.ts';
import type { AppFunction } from './app-function.ts';
import type { MediaSite } from './media-site.ts';
import type { WorkQueue } from './work-queue.ts';

export interface MediaBucketProps {
  readonly site: MediaSite;
  /** Of the page that uploads. */
  readonly origin: string;
  /** Is told of every upload. */
  readonly uploads: WorkQueue;
  readonly settings: Settings;
}

/** As `objectKeys` in core/media/media.ts has them. */
const folders = { uploads: 'uploads/*', media: 'media/*', avatars: 'avatars/*' };

/** The bytes of uploaded files. A queue is told of each that is still to be looked at. */
export class MediaBucket extends Construct {
  private readonly bucket: Bucket;
  private readonly uploads: Queue;

  constructor(scope: Construct, id: string, { site, origin, uploads, settings }: MediaBucketProps) {
    super(scope, id);
    const { account, partition } = Stack.of(this);
    this.uploads = uploads.queue;
    this.uploads.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.uploads.queueArn],
        conditions: {
          ArnEquals: { 'aws:SourceArn': `arn:${partition}:s3:::${site.bucketName}` },
          StringEquals: { 'aws:SourceAccount': account },
        },
      }),
    );

    const isKept = settings.dataRemoval === RemovalPolicy.RETAIN;
    this.bucket = new Bucket(this, 'Bucket', {
      bucketName: site.bucketName,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      // What a backup needs ("Amazon S3 backups" of the AWS Backup guide).
      versioned: true,
      cors: [{ allowedOrigins: [origin], allowedMethods: [HttpMethods.PUT], allowedHeaders: ['*'], maxAge: 3600 }],
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
      autoDeleteObjects: !isKept,
    });
    acknowledge(this.bucket, 'S1', 'Only our functions write and only CloudFront reads; metrics count both.');
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
        actions: ['s3:GetObject'],
        resources: [folders.media, folders.avatars].map((folder) => this.bucket.arnForObjects(folder)),
        conditions: { StringEquals: { 'AWS:SourceArn': site.distributionArn } },
      }),
    );
    this.notify();
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

  /** In the bucket itself: what CDK would do needs a function of its own with rights on all buckets. */
  private notify(): void {
    const { defaultChild } = this.bucket.node;
    if (!(defaultChild instanceof CfnBucket)) throw new Error('A bucket is not what it was in CDK');
    defaultChild.notificationConfiguration = {
      queueConfigurations: [
        {
          event: 's3:ObjectCreated:*',
          queue: this.uploads.queueArn,
          filter: { s3Key: { rules: [{ name: 'prefix', value: 'uploads/' }] } },
        },
      ],
    };
    // S3 tries the queue out when the bucket is made.
    this.bucket.node.addDependency(this.uploads);
  }
}
