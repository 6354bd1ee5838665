import { Duration } from 'aws-cdk-lib';
import { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/**
 * Delivering changes that the function which wrote them doesn't deliver itself: those of large rooms come from the table's stream.
 * The queue, which is returned, takes frames for the poster function: parts of large rooms, and what API Gateway did not take.
 */
export function addDelivery(foundation: Foundation): WorkQueue {
  const { stack, tables, alarms, socket, mediaSite } = foundation;

  const poster = addFunction(foundation, 'poster', { memoryMiB: 512 });
  tables.grantTrackSockets(poster);
  const deliveries = new WorkQueue(stack, 'Deliveries', {
    consumer: poster,
    batchSize: 1,
    // Five posters of 500 sockets are about what an account may post in a second (10 000, "Amazon API Gateway quotas").
    maxConcurrency: 5,
    maxReceiveCount: 3,
    alarms,
    alarmText:
      'Frames could not be delivered for minutes; they are in the dead-letter queue. Clients catch up by themselves.',
  });

  // Reading the rows of thousands of members and posting to hundreds of them wants a whole core.
  const fanout = addFunction(foundation, 'fanout', { memoryMiB: 1_769, timeout: Duration.seconds(29) });
  tables.feedFanout(fanout, alarms);
  mediaSite.grantName(fanout);

  for (const fn of [poster, fanout]) {
    socket.grantPost(fn);
    deliveries.grantSend(fn);
  }
  return deliveries;
}
