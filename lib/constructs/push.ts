import { CustomResource, Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '#lib/acknowledge.ts';
import type { Settings } from '#lib/settings.ts';
import type { Alarms } from './alarms.ts';
import { AppFunction } from './app-function.ts';

/** Notifications for people who are away: who is to get one, and the key that we are known by to push services. */
export class Push extends Construct {
  private readonly queue: Queue;
  private readonly secret: CfnSecret;
  private readonly publicKey: string;

  constructor(scope: Construct, id: string, { alarms, settings }: { alarms: Alarms; settings: Settings }) {
    super(scope, id);
    const dead = new Queue(this, 'Dead', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // Six times the consumer's timeout ("Creating and configuring an Amazon SQS event source mapping").
      visibilityTimeout: Duration.seconds(6 * 29),
      deadLetterQueue: { queue: dead, maxReceiveCount: 6 },
    });
    alarms.whenAny(
      'PushDead',
      dead.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      'Push services took some notifications not even later. The log of the push function says why; move back what is worth it.',
    );

    this.secret = new CfnSecret(this, 'Secret', { description: 'STORM: the key pair that push services know us by' });
    this.secret.applyRemovalPolicy(settings.dataRemoval);
    acknowledge(this.secret, 'SMG4', 'Subscriptions are bound to the key: another one would end them all.');
    this.publicKey = this.makeKey(settings);
  }

  grantAdd(fn: AppFunction): void {
    this.queue.grant(fn, 'sqs:SendMessage');
    fn.addEnvironment('PUSH_QUEUE_URL', this.queue.queueUrl);
  }

  /** Telling browsers for whom they make a subscription. */
  grantKey(fn: AppFunction): void {
    fn.addEnvironment('PUSH_PUBLIC_KEY', this.publicKey);
  }

  /** The function handles batches, answers which of their records failed, and says when those are to come again. */
  feed(fn: AppFunction, pageUrl: string): void {
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [this.secret.ref] }),
    );
    fn.addEnvironment('PUSH_KEY_SECRET_ARN', this.secret.ref);
    fn.addEnvironment('PUSH_QUEUE_URL', this.queue.queueUrl);
    fn.addEnvironment('PAGE_URL', pageUrl);
    fn.addEventSource(
      new SqsEventSource(this.queue, { batchSize: 10, reportBatchItemFailures: true, maxConcurrency: 10 }),
    );
  }

  private makeKey(settings: Settings): string {
    const fill = new AppFunction(this, 'Key', { name: 'push-key', settings, memoryMiB: 512 });
    fill.addToRolePolicy(
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
        resources: [this.secret.ref],
      }),
    );
    const filled = new CustomResource(this, 'Filled', {
      resourceType: 'Custom::PushKey',
      serviceToken: fill.functionArn,
      serviceTimeout: Duration.minutes(2),
      properties: { SecretArn: this.secret.ref },
    });
    return filled.getAttString('PublicKey');
  }
}
