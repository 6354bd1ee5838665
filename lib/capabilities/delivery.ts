import { Duration } from 'aws-cdk-lib';
import { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/**
 * Delivery of what the function that writes a change doesn't deliver itself. The function `fanout` reads changes of large rooms
 * from the table's stream. The queue, which is returned, has frames for the function `poster`: those for the many connections of
 * a large room, and those that failed before. Changes of rooms of more than 500 members go through a queue of their own to
 * `paced-fanout`, which keeps their posts within a part of what API Gateway takes (decision 0135).
 */
export function addDelivery(foundation: Foundation): WorkQueue {
  const { stack, settings, tables, alarms, socket, mediaSite } = foundation;

  const poster = addFunction(foundation, 'poster', { memoryMiB: 512, isHot: true });
  tables.grantRemoveConnections(poster);
  const deliveries = new WorkQueue(stack, 'Deliveries', {
    consumer: poster,
    batchSize: 1,
    // A poster has 64 requests at once, each of which takes 10 to 30 ms, so it makes 2 000 to 6 000 in a second.
    maxConcurrency: Math.max(2, Math.ceil(settings.requestsPerSecond / 2_000)),
    maxReceiveCount: 3,
    afterRestore: 'purge',
    alarms,
  });

  // Reading the rows of thousands of members and posting to hundreds of sockets uses a whole core.
  const fanout = addFunction(foundation, 'fanout', { memoryMiB: 1_769, timeout: Duration.seconds(29), isHot: true });
  tables.feedFanout(fanout, alarms);
  mediaSite.grantName(fanout);

  const pacedFanout = addFunction(foundation, 'paced-fanout', { memoryMiB: 1_769, timeout: Duration.seconds(29) });
  const pacedChanges = new WorkQueue(stack, 'PacedChanges', {
    fifo: true,
    consumer: pacedFanout,
    batchSize: 10,
    // So many rooms prepare their posts at the same time. They post in turns.
    maxConcurrency: 5,
    maxReceiveCount: 5,
    afterRestore: 'purge',
    alarms,
  });
  pacedChanges.grantSend(fanout);
  pacedChanges.grantName(pacedFanout);
  tables.grantPacedFanout(pacedFanout);
  mediaSite.grantName(pacedFanout);
  pacedFanout.addEnvironment('REQUESTS_PER_SECOND', String(settings.requestsPerSecond));

  for (const fn of [poster, fanout, pacedFanout]) {
    socket.grantPost(fn);
    deliveries.grantSend(fn);
  }
  return deliveries;
}
