import { Duration } from 'aws-cdk-lib';
import { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/** Delivery of changes of presence to those who subscribed to them. */
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
      'Some changes of presence could not be delivered. They are in the dead-letter queue, and need not be moved back: clients ask for the presence again when they reconnect.',
  });

  const presenceStream = addFunction(foundation, 'presence-stream', { memoryMiB: 512 });
  tables.feedPresence(presenceStream, alarms);
  changes.grantSend(presenceStream);
  socket.grantClose(presenceStream);
}
