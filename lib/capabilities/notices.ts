import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/** Alarms in Slack and Discord (decision 0131). Without a secret that has their webhooks (`alertWebhooksArn`), nothing is deployed. */
export function addNotices(foundation: Foundation): void {
  const { stack, settings, alarms } = foundation;
  const secret = settings.alertWebhooksArn;
  if (secret === undefined) return;

  const notify = addFunction(foundation, 'notify', { memoryMiB: 256 });
  notify.addToRolePolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secret] }));
  notify.addEnvironment('WEBHOOKS_SECRET_ARN', secret);
  const notices = new WorkQueue(stack, 'Notices', {
    consumer: notify,
    batchSize: 1,
    // A webhook of Slack takes one message a second ("Rate limits" of Slack).
    maxConcurrency: 2,
    // A message comes again each minute.
    maxReceiveCount: 10,
    afterRestore: 'keep',
    alarms,
  });
  notices.grantSend(notify);
  for (const topic of Object.values(alarms.topics)) topic.addSubscription(new SqsSubscription(notices.queue));
}
