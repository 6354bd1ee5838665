import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct, type IConstruct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '#lib/acknowledge.ts';
import { page } from '#lib/page.ts';
import type { Settings } from '#lib/settings.ts';

export interface PageFilesProps {
  readonly bucket: Bucket;
  /** The content of `/config.json`, by which the page finds its backend. */
  readonly config: Readonly<Record<'httpUrl' | 'wsUrl' | 'version' | 'stage' | 'verifiedEmail', string>> & {
    readonly mails: boolean;
  };
  /** What has to be deployed before the page. */
  readonly after: readonly IConstruct[];
  readonly settings: Settings;
}

/** Copies the built page and its configuration into the bucket. */
export class PageFiles extends Construct {
  constructor(scope: Construct, id: string, { bucket, config, after, settings }: PageFilesProps) {
    super(scope, id);
    const built = page(this, 'Page');
    const logGroup = new LogGroup(this, 'Log', {
      retention: settings.logRetention,
      removalPolicy: settings.dataRemoval,
    });

    // The permissions that CDK would grant to its own role have wildcards (s3:GetObject*, s3:DeleteObject*, …).
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
      'The function reads the assets of the page. The key of config.json is only known during the deployment.',
    );
    acknowledgeWildcard(role, files, 'The function writes and deletes all files of the page.');

    const deployment = new BucketDeployment(this, 'Deployment', {
      destinationBucket: bucket,
      sources: [Source.bucket(built.bucket, built.s3ObjectKey), Source.jsonData('config.json', config)],
      // `Site` sets another header for the files that may be cached longer.
      cacheControl: [CacheControl.noCache()],
      // Without this the stack can't be deleted, because the bucket isn't empty. (CDK's function would keep the files if the
      // bucket's tags say that a deployment owns it, but the role isn't allowed to read the tags.)
      retainOnDelete: false,
      role: role.withoutPolicyUpdates(),
      logGroup,
    });
    deployment.node.addDependency(role, ...after);
    const provider = Stack.of(this).node.children.find(({ node }) => node.id.startsWith('Custom::CDKBucketDeployment'));
    if (provider) acknowledge(provider, 'L1', 'CDK chooses the Python runtime of its own function.');
  }
}
