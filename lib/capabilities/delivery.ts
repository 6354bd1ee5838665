import { Duration } from 'aws-cdk-lib';
import { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/**
 * Delivery of what the function that writes a change doesn't deliver itself. The function `fanout` reads changes of large rooms
 * from the table's stream. The queue, which is returned, has frames for the function `poster`: those for the many connections of
 * a large room, and those that failed before.
 */
export function addDelivery(foundation: Foundation): WorkQueue {
  const { stack, tables, alarms, socket, mediaSite } = foundation;

  const poster = addFunction(foundation, 'poster', { memoryMiB: 512, isHot: true });
  tables.grantRemoveConnections(poster);
  const deliveries = new WorkQueue(stack, 'Deliveries', {
    consumer: poster,
    batchSize: 1,
    // A poster has about 500 connections at once. Together they must stay below the 10 000 requests per second that an account has
    // ("Amazon API Gateway quotas").
    maxConcurrency: 5,
    maxReceiveCount: 3,
    alarms,
  });

  // Reading the rows of thousands of members and posting to hundreds of sockets uses a whole core.
  const fanout = addFunction(foundation, 'fanout', { memoryMiB: 1_769, timeout: Duration.seconds(29), isHot: true });
  tables.feedFanout(fanout, alarms);
  mediaSite.grantName(fanout);

  for (const fn of [poster, fanout]) {
    socket.grantPost(fn);
    deliveries.grantSend(fn);
  }
  return deliveries;
}
