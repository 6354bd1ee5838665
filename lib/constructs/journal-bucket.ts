import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '#lib/acknowledge.ts';
import type { Settings } from '#lib/settings.ts';
import type { AppFunction } from './app-function.ts';
import { keptCopies } from './backups.ts';

/**
 * The journal of erasures and blocks. A restore replays it, so nobody can delete an entry as long as there is a copy from before it.
 * Where data goes with its stack, it isn't locked: a locked bucket can't be deleted ("Locking objects with Object Lock").
 */
export class JournalBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const isTemporary = settings.dataRemoval === RemovalPolicy.DESTROY;
    // A little longer than the oldest copy. Afterwards nothing can bring back what an entry is about.
    const kept = Duration.days(keptCopies.toDays() + 7);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      ...(!isTemporary && {
        objectLockEnabled: true,
        objectLockDefaultRetention: ObjectLockRetention.compliance(kept),
      }),
      lifecycleRules: [
        { id: 'spent', expiration: kept, noncurrentVersionExpiration: Duration.days(1) },
        { id: 'markers', expiredObjectDeleteMarker: true, abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      removalPolicy: settings.dataRemoval,
      autoDeleteObjects: isTemporary,
    });
    acknowledge(
      this.bucket,
      'S1',
      'Only functions of this stack write, one object for each entry, and only a restore reads.',
    );
  }

  /** Lets a function add entries. It can neither read nor delete them. */
  grantWrite(fn: AppFunction): void {
    const resource = this.bucket.arnForObjects('*');
    fn.addToRolePolicy(new PolicyStatement({ actions: ['s3:PutObject'], resources: [resource] }));
    acknowledgeWildcard(fn.role, resource, 'The names of entries are their times.');
    fn.addEnvironment('JOURNAL_BUCKET', this.bucket.bucketName);
  }
}
