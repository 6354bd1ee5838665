import { Duration } from 'aws-cdk-lib';
import { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/** Noticing who came and who went, and telling those who subscribed to it. */
export function addPresence(foundation: Foundation): void {
  const { stack, tables, alarms, socket } = foundation;

  const fanout = addFunction(foundation, 'presence-fanout', { memoryMiB: 512, timeout: Duration.seconds(29) });
  tables.grantTellPresence(fanout);
  socket.grantPost(fanout);
  const changes = new WorkQueue(stack, 'PresenceChanges', {
    consumer: fanout,
    batchSize: 10,
    maxConcurrency: 10,
    maxReceiveCount: 3,
    alarms,
    alarmText:
      'Changes of presence could not be told; they are in the dead-letter queue. Clients ask again with their next socket.',
  });

  const presenceStream = addFunction(foundation, 'presence-stream', { memoryMiB: 512 });
  tables.feedPresence(presenceStream, alarms);
  changes.grantSend(presenceStream);
}
