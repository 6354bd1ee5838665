import { Duration } from 'aws-cdk-lib';
import { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/** The queues of delivery. */
export interface DeliveryQueues {
  /** Frames for the function `poster`: those for the many connections of a large room, and those that failed before. */
  readonly deliveries: WorkQueue;
  /** Calls for a run of `paced-fanout`, which delivers the changes of a large room in rounds (decision 0146). */
  readonly pacedChanges: WorkQueue;
}

/**
 * Delivery of what the function that writes a change doesn't deliver itself. The function `fanout` reads changes of large rooms from the
 * table's stream, and calls for `paced-fanout`, unless their writer did. That keeps the posts of rooms of more than 500 members within a
 * part of what API Gateway takes (decision 0135).
 */
export function addDelivery(foundation: Foundation): DeliveryQueues {
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

  const fanout = addFunction(foundation, 'fanout', { memoryMiB: 1_769, timeout: Duration.seconds(29), isHot: true });
  tables.feedFanout(fanout, alarms);

  // Reading the rows of thousands of members and posting to hundreds of sockets uses a whole core. A run takes 20 s, and up to 20 s more until
  // its posts are due.
  const pacedFanout = addFunction(foundation, 'paced-fanout', {
    memoryMiB: 1_769,
    timeout: Duration.seconds(60),
    callsItself: true,
  });
  const pacedChanges = new WorkQueue(stack, 'PacedChanges', {
    fifo: true,
    consumer: pacedFanout,
    // A batch ends when all of its rooms are done, and meanwhile nothing else of them is received.
    batchSize: 1,
    // So many rooms can be busy at once. It is as many as the pace leaves some posts for: more of them would wait longer than 20 s for their
    // turn (adapters/dynamo/messages/turns.ts).
    maxConcurrency: Math.max(5, Math.min(1_000, Math.ceil(settings.requestsPerSecond / 200))),
    maxReceiveCount: 5,
    afterRestore: 'purge',
    alarms,
  });
  pacedChanges.grantSend(fanout);
  pacedChanges.grantSend(pacedFanout);
  tables.grantPacedFanout(pacedFanout);
  pacedFanout.addEnvironment('REQUESTS_PER_SECOND', String(settings.requestsPerSecond));

  for (const fn of [poster, fanout, pacedFanout]) {
    socket.grantPost(fn);
    deliveries.grantSend(fn);
  }
  // The former release posts from `fanout`, and may run beside this one. With the next release it needs neither these nor its memory.
  for (const fn of [fanout, pacedFanout]) mediaSite.grantName(fn);
  return { deliveries, pacedChanges };
}
