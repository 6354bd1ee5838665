import { Duration } from 'aws-cdk-lib';
import type { AppFunction } from '#lib/constructs/app-function.ts';
import { PushKey } from '#lib/constructs/push-key.ts';
import { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';
import type { Settings } from '#lib/settings.ts';

export interface Push {
  /** The queue of push jobs: which users may have to be notified of which messages. */
  readonly jobs: WorkQueue;
  readonly key: PushKey;
}

/** Tells a function the hosts of push services, if the deployment has a list of them. */
export function allowPushHosts(fn: AppFunction, { pushHosts }: Settings): void {
  if (pushHosts) fn.addEnvironment('PUSH_HOSTS', pushHosts.join(','));
}

/** Notifications for users who are away. */
export function addPush(foundation: Foundation): Push {
  const { stack, settings, tables, alarms, site, mobilePush } = foundation;

  const push = addFunction(foundation, 'push', { memoryMiB: 512, timeout: Duration.seconds(29) });
  const jobs = new WorkQueue(stack, 'PushJobs', {
    consumer: push,
    batchSize: 10,
    maxConcurrency: 10,
    // More than the tries for browsers (`browserTries`), so that only faults of SNS and of ours end in the dead-letter queue.
    maxReceiveCount: 8,
    afterRestore: 'purge',
    alarms,
  });
  const key = new PushKey(stack, 'PushKey', settings);
  tables.grantPush(push);
  key.grantSign(push);
  // The function sets when a failed job is received again. The permission for that comes with being the queue's consumer.
  jobs.grantName(push);
  mobilePush.grantPublish(push);
  push.addEnvironment('PAGE_URL', site.url);
  allowPushHosts(push, settings);
  return { jobs, key };
}
