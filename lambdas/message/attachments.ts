import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { createMedia } from '#adapters/dynamo/media/media.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { attach } from '#core/media/attach.ts';
import type { Memberships } from '#core/media/ports.ts';
import type { Attachments } from '#core/messages/send.ts';
import { setting } from '#lambdas/kit/environment.ts';

/** Finds and keeps the files of a message, in the table that the environment names. */
export function createAttachments(client: DynamoDb, conversations: Memberships) {
  const store = createMedia(client, createTable(client, setting('MEDIA_TABLE')));
  return (senderId: string, conversationId: string, mediaIds: readonly string[]): Attachments => ({
    find: () => attach({ store, conversations }, senderId, conversationId, mediaIds, Date.now()),
    async keep(seq) {
      const kept = await store.keep(mediaIds, { conversationId, seq });
      if (!kept) throw new Error('A file was deleted or used up while its message was written');
    },
  });
}
