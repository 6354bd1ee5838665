import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '#lib/acknowledge.ts';
import { page } from '#lib/page.ts';
import type { Settings } from '#lib/settings.ts';

export interface PageFilesProps {
  readonly bucket: Bucket;
  /** What the page reads at `/config.json` to find its backend. */
  readonly config: { httpUrl: string; wsUrl: string; version: string; stage: string };
  readonly settings: Settings;
}

/** Puts the built page into the bucket. */
export class PageFiles extends Construct {
  constructor(scope: Construct, id: string, { bucket, config, settings }: PageFilesProps) {
    super(scope, id);
    const built = page(this, 'Page');
    const logGroup = new LogGroup(this, 'Log', {
      retention: settings.logRetention,
      removalPolicy: settings.dataRemoval,
    });

    // A role of our own, because what CDK would grant has wildcards (s3:GetObject*, s3:DeleteObject*, …).
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const allow = (resource: string, ...actions: string[]) =>
      role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
    const assets = built.bucket.arnForObjects('*');
    const files = bucket.arnForObjects('*');
    allow(logGroup.logGroupArn, 'logs:CreateLogStream', 'logs:PutLogEvents');
    allow(assets, 's3:GetObject');
    allow(bucket.bucketArn, 's3:ListBucket');
    allow(files, 's3:PutObject', 's3:DeleteObject');
    acknowledgeWildcard(
      role,
      assets,
      'Reading what CDK deploys: the name of config.json is known to the deployment only.',
    );
    acknowledgeWildcard(role, files, 'Every file of the page.');

    const deployment = new BucketDeployment(this, 'Deployment', {
      destinationBucket: bucket,
      sources: [Source.bucket(built.bucket, built.s3ObjectKey), Source.jsonData('config.json', config)],
      // What may be kept longer is for `Site` to say.
      cacheControl: [CacheControl.noCache()],
      // Else a stack can't be deleted: its bucket would not be empty. (The provider would keep the files of a bucket that is
      // tagged as its own; the role has no right to see the tags.)
      retainOnDelete: false,
      role: role.withoutPolicyUpdates(),
      logGroup,
    });
    deployment.node.addDependency(role);
    const provider = Stack.of(this).node.children.find(({ node }) => node.id.startsWith('Custom::CDKBucketDeployment'));
    if (provider) acknowledge(provider, 'L1', 'A function of CDK: its Python is as new as CDK has it.');
  }
}
