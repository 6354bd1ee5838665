import { Duration } from 'aws-cdk-lib';
import { PushKey } from '#lib/constructs/push-key.ts';
import { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

export interface Push {
  /** Takes who may have to be notified of what. */
  readonly jobs: WorkQueue;
  readonly key: PushKey;
}

/** Notifying people who are away. */
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
      'Push services took some notifications not even later. The log of the push function says why; move back what is worth it.',
  });
  const key = new PushKey(stack, 'PushKey', settings);
  tables.grantPush(push);
  key.grantSign(push);
  // It says when a job is to come again, which every consumer may.
  jobs.grantName(push);
  mobilePush.grantPublish(push);
  push.addEnvironment('PAGE_URL', site.url);
  return { jobs, key };
}
