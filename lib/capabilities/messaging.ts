import { Duration } from 'aws-cdk-lib';
import type { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';
import type { DeliveryQueues } from './delivery.ts';

export interface MessagingQueues extends DeliveryQueues {
  readonly indexJobs: WorkQueue;
  readonly pushJobs: WorkQueue;
}

/**
 * Messages and the other commands that clients send by the socket, and what happens a second later: the function `message-stream`
 * reads the table's stream, delivers receipts, and queues push jobs and index jobs.
 */
export function addMessaging(
  foundation: Foundation,
  { deliveries, pacedChanges, indexJobs, pushJobs }: MessagingQueues,
): void {
  const { tables, alarms, socket, mediaSite } = foundation;

  // 29 seconds is the integration timeout of API Gateway ("Quotas for configuring and running a WebSocket API in API Gateway").
  const message = addFunction(foundation, 'message', {
    memoryMiB: 1_024,
    timeout: Duration.seconds(29),
    isHot: true,
  });
  tables.grantSend(message);
  pacedChanges.grantSend(message);
  socket.onFrame('message', message);

  const commands = addFunction(foundation, 'commands', { memoryMiB: 512, isHot: true });
  tables.grantReceipts(commands);
  tables.grantRevise(commands);
  tables.grantSubscribePresence(commands);
  socket.onFrame('$default', commands);

  const receipts = addFunction(foundation, 'receipts', { memoryMiB: 512 });
  tables.grantReceipts(receipts);
  tables.grantVisibility(receipts);
  socket.onUnansweredFrame('receipts', receipts);

  const messageStream = addFunction(foundation, 'message-stream', {
    memoryMiB: 512,
    timeout: Duration.seconds(29),
    isHot: true,
  });
  tables.feedMessageStream(messageStream, alarms);
  indexJobs.grantSend(messageStream);
  pushJobs.grantSend(messageStream);

  socket.grantPost(messageStream);
  // They close the sockets of those who send far too many frames.
  for (const fn of [message, commands, receipts]) socket.grantClose(fn);

  for (const fn of [message, commands, messageStream]) {
    deliveries.grantSend(fn);
    mediaSite.grantName(fn);
  }
}
