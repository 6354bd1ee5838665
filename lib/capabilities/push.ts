import { Duration } from 'aws-cdk-lib';
import { PushKey } from '#lib/constructs/push-key.ts';
import { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

export interface Push {
  /** The queue of push jobs: which users may have to be notified of which messages. */
  readonly jobs: WorkQueue;
  readonly key: PushKey;
}

/** Notifications for users who are away. */
export function addPush(foundation: Foundation): Push {
  const { stack, settings, tables, alarms, site, mobilePush } = foundation;

  const push = addFunction(foundation, 'push', { memoryMiB: 512, timeout: Duration.seconds(29) });
  const jobs = new WorkQueue(stack, 'PushJobs', {
    consumer: push,
    batchSize: 10,
    maxConcurrency: 10,
    maxReceiveCount: 6,
    alarms,
    alarmText:
      'Some notifications could not be sent, even after several tries. Their jobs are in the dead-letter queue, and the log of the push function has the reasons. Move a job back if its message is still new.',
  });
  const key = new PushKey(stack, 'PushKey', settings);
  tables.grantPush(push);
  key.grantSign(push);
  // The function sets when a failed job is received again. The permission for that comes with being the queue's consumer.
  jobs.grantName(push);
  mobilePush.grantPublish(push);
  push.addEnvironment('PAGE_URL', site.url);
  return { jobs, key };
}
