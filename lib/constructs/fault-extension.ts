import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { type ILayerVersion, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '#lib/acknowledge.ts';
import type { AppFunction } from './app-function.ts';

/** Where the layer is, for arm64, in the region of the stack ("Available versions of the AWS FIS extension for Lambda"). */
const layerParameter = '/aws/service/fis/lambda-extension/AWS-FIS-extension-arm64/1.x.x';

const folder = 'faults/';

/**
 * The AWS FIS Lambda extension, and the bucket by which FIS tells it what to do. The extension sits between Lambda and the function, asks
 * the bucket once a minute, and while an experiment runs it delays invocations, fails them, or replaces their answers ("Use the AWS FIS
 * aws:lambda:function actions"). It makes cold starts longer, so only functions of stages with drills have it.
 */
export class FaultExtension extends Construct {
  private readonly bucket: Bucket;
  private readonly layer: ILayerVersion;
  /** The ARNs of the objects that FIS writes. */
  private readonly objects: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // FIS deletes what it wrote when an experiment ends. The rule is for one that broke off.
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(1), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    });
    acknowledge(
      this.bucket,
      'S1',
      'Only FIS writes, which logs its experiments, and only functions of this stack read.',
    );
    this.objects = this.bucket.arnForObjects(`${folder}*`);
    // CloudFormation reads the parameter in each deployment, so no account or region has to be known here.
    const arn = StringParameter.valueForStringParameter(this, layerParameter);
    this.layer = LayerVersion.fromLayerVersionArn(this, 'Layer', arn);
  }

  /** Adds the extension to a function, which then obeys FIS, and may read what FIS wrote. */
  attach(fn: AppFunction): void {
    fn.addLayers(this.layer);
    fn.addEnvironment('AWS_LAMBDA_EXEC_WRAPPER', '/opt/aws-fis/bootstrap');
    fn.addEnvironment('AWS_FIS_CONFIGURATION_LOCATION', this.bucket.arnForObjects(folder));
    // Our invocations are shorter than a question to the bucket. Without this one, it would be answered in a later invocation.
    fn.addEnvironment('AWS_FIS_POLL_MAX_WAIT_MILLISECONDS', '2000');
    // The log of the experiment says what was done. A line for each invocation would cost more than the invocation.
    fn.addEnvironment('AWS_FIS_LOG_LEVEL', 'WARN');
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [this.bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': [`${folder}*`] } },
      }),
    );
    this.allow(fn.role, 's3:GetObject');
  }

  /** Lets the role of experiments tell the extension what to do. */
  grantInject(role: Role): void {
    this.allow(role, 's3:PutObject', 's3:DeleteObject');
  }

  private allow(role: Role, ...actions: string[]): void {
    role.addToPolicy(new PolicyStatement({ actions, resources: [this.objects] }));
    acknowledgeWildcard(role, this.objects, 'FIS chooses the names of what it writes.');
  }
}
