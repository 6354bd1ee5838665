import { Duration } from 'aws-cdk-lib';
import type { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/** Conversations and their members, invitations, their history, and catching up. */
export function addConversations(foundation: Foundation, deliveries: WorkQueue): void {
  const { journal, tables, auth, socket, http, mediaSite, site } = foundation;

  // Adding 1 000 members takes 4 000 write units on the partition of the conversation, and DynamoDB allows 1 000 per second.
  const conversations = addFunction(foundation, 'conversations', {
    memoryMiB: 1_024,
    timeout: Duration.seconds(29),
    isHot: true,
  });
  auth.grantVerify(conversations, site.url);
  tables.grantCheckLogin(conversations);
  tables.grantConversations(conversations);
  tables.grantBlockInviters(conversations);
  journal.grantWrite(conversations);
  socket.grantPost(conversations);
  deliveries.grantSend(conversations);
  mediaSite.grantName(conversations);
  http.route(
    conversations,
    'GET /conversations',
    'POST /conversations',
    'GET /conversations/{id}',
    'PATCH /conversations/{id}',
    'GET /conversations/{id}/members',
    'POST /conversations/{id}/members',
    'PATCH /conversations/{id}/members/{userId}',
    'DELETE /conversations/{id}/members/{userId}',
    'GET /invitations',
    'POST /invitations/{id}',
    'DELETE /invitations/{id}',
    'GET /conversations/{id}/messages',
    'GET /conversations/{id}/messages/{seq}/versions',
    'GET /conversations/{id}/receipts',
    'POST /sync',
  );
}
