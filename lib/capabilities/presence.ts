import { Duration } from 'aws-cdk-lib';
import { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/** Delivery of changes of presence to those who subscribed to them, and of profiles. The queue takes both. */
export function addPresence(foundation: Foundation): WorkQueue {
  const { stack, tables, alarms, socket, mediaSite } = foundation;

  const fanout = addFunction(foundation, 'presence-fanout', { memoryMiB: 512, timeout: Duration.seconds(29) });
  tables.grantTellPresence(fanout);
  tables.grantTellProfiles(fanout);
  mediaSite.grantName(fanout);
  socket.grantPost(fanout);
  const changes = new WorkQueue(stack, 'PresenceChanges', {
    consumer: fanout,
    batchSize: 10,
    maxConcurrency: 10,
    maxReceiveCount: 3,
    afterRestore: 'purge',
    alarms,
  });

  const presenceStream = addFunction(foundation, 'presence-stream', { memoryMiB: 512 });
  tables.feedPresence(presenceStream, alarms);
  changes.grantSend(presenceStream);
  socket.grantClose(presenceStream);
  return changes;
}
