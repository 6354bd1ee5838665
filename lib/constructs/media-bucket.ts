import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, HttpMethods } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '#lib/acknowledge.ts';
import type { Settings } from '#lib/settings.ts';
import type { AppFunction } from './app-function.ts';
import type { WorkQueue } from './work-queue.ts';

/** The folders of the bucket, which are those of `objectKeys` in core/media/media.ts. */
const folders = {
  uploads: 'uploads/*',
  uploadedThumbnails: 'uploaded-thumbnails/*',
  media: 'media/*',
  avatars: 'avatars/*',
};
const uploaded = [folders.uploads, folders.uploadedThumbnails];

/** The bucket of uploads and of the cleaned files. */
export class MediaBucket extends Construct {
  readonly bucket: Bucket;
  /** The URL of uploads. It ends with a slash, so that the page's content security policy allows all paths below it. */
  readonly uploadUrl: string;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      // A restore brings back files that were deleted since (decision 0125).
      versioned: true,
      // Any origin may upload, because an upload is only accepted with a signature. The page's URL isn't known here, since the
      // page needs the URL of this bucket (decision 0090).
      cors: [{ allowedOrigins: ['*'], allowedMethods: [HttpMethods.PUT], allowedHeaders: ['*'], maxAge: 3600 }],
      lifecycleRules: [
        ...uploaded.map((folder) => ({
          id: folder.slice(0, -2),
          prefix: folder.slice(0, -1),
          expiration: Duration.days(1),
          noncurrentVersionExpiration: Duration.days(1),
        })),
        {
          id: 'removed',
          // As long as the tables can be restored to a point in time, so that files can be brought back with their rows.
          noncurrentVersionExpiration: Duration.days(35),
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      removalPolicy: settings.dataRemoval,
      autoDeleteObjects: settings.dataRemoval === RemovalPolicy.DESTROY,
    });
    acknowledge(this.bucket, 'S1', 'Only functions of this stack write and only CloudFront reads. Metrics count both.');
    this.uploadUrl = `https://${this.bucket.bucketRegionalDomainName}/`;
  }

  /** Lets a distribution read the cleaned files. */
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
   * Sends a notification of each upload to a queue. It is set directly on the bucket. CDK would use a function for it, which has
   * permissions on all buckets.
   */
  tellUploads({ queue }: WorkQueue): void {
    const { account, partition, stackName } = Stack.of(this);
    // S3 sends a test message when the bucket is created, so the policy must exist before the bucket and can't have its name.
    // That name begins with the name of the stack.
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

  /** Lets a function presign uploads. A presigned URL has the permissions of the function that signed it. */
  grantUpload(fn: AppFunction): void {
    this.allow(fn, 's3:PutObject', ...uploaded);
  }

  /** Lets a function read and delete uploads, and store the cleaned files. */
  grantInspect(fn: AppFunction): void {
    this.allow(fn, 's3:GetObject', ...uploaded);
    this.allow(fn, 's3:DeleteObject', ...uploaded);
    this.allow(fn, 's3:PutObject', folders.media, folders.avatars);
    // Without this permission S3 answers 403 instead of 404 if an object doesn't exist ("GetObject").
    fn.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }));
  }

  grantSweep(fn: AppFunction): void {
    this.allow(fn, 's3:DeleteObject', ...uploaded, folders.media, folders.avatars);
    fn.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }));
  }

  private allow(fn: AppFunction, action: string, ...allowed: string[]): void {
    const resources = allowed.map((folder) => this.bucket.arnForObjects(folder));
    fn.addToRolePolicy(new PolicyStatement({ actions: [action], resources }));
    for (const resource of resources)
      acknowledgeWildcard(fn.role, resource, 'The ids of files are not known before the upload.');
    fn.addEnvironment('MEDIA_BUCKET', this.bucket.bucketName);
  }
}
