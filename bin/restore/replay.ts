import type { S3Client } from '@aws-sdk/client-s3';
import type { DynamoDb } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createMedia } from '#adapters/dynamo/media/media.ts';
import { createBlocks } from '#adapters/dynamo/messages/blocks.ts';
import { createChanges } from '#adapters/dynamo/messages/changes.ts';
import { createConversations } from '#adapters/dynamo/messages/conversations.ts';
import { createPlans } from '#adapters/dynamo/messages/plans.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createErasure } from '#adapters/dynamo/users/erasure.ts';
import { runtime } from '#adapters/runtime.ts';
import { entriesSince } from '#adapters/s3/journal.ts';
import { type AccountEraser, eraseAccount } from '#core/erasure/account.ts';

/**
 * What an erasure was doing a day before the moment that is restored may not have been finished then. Erasing again does no harm, and
 * blocks end as they were, because all of them since are replayed in their order.
 */
const marginMs = 24 * 3_600_000;

/** Replays what people did since the moment that is restored, by the journal. Returns how many entries there were. */
export async function replay(
  { database, s3 }: { database: DynamoDb; s3: S3Client },
  names: { users: string; messages: string; media: string; connections: string },
  journal: { bucket: string; since: Date },
): Promise<number> {
  const table = createTable(database, names.messages);
  const conversations = createConversations(database, table);
  const blocks = createBlocks(database, table, conversations);
  const media = createMedia(database, createTable(database, names.media));
  const sessions = createSessions(createTable(database, names.connections));
  const eraser: AccountEraser = {
    ...runtime,
    ...conversations,
    ...createChanges(database, table, () => undefined),
    // The endpoints of apps were deleted when the account was erased.
    ...createErasure(database, createTable(database, names.users), table, media, async () => undefined),
    apply: createPlans(database, table, media),
    // Nobody is connected, and clients begin anew after a restore.
    closeSockets: (userId) => sessions.erase(userId, async () => undefined, Date.now()),
    deliver: async () => undefined,
  };
  let replayed = 0;
  for await (const entry of entriesSince(s3, journal.bucket, journal.since.getTime() - marginMs)) {
    if (entry.type === 'erased') await eraseAccount(eraser, { userId: entry.userId }, Date.now(), () => true);
    else if (entry.type === 'unblocked') await blocks.unblock(entry.by, entry.userId);
    else {
      await sessions.noteBlocks(entry.by);
      await blocks.block(entry.by, entry.userId);
    }
    replayed += 1;
  }
  return replayed;
}
