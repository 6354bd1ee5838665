import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createAcquaintance } from '../../adapters/dynamo/acquaintance.ts';
import type { Conversations } from '../../adapters/dynamo/conversations.ts';
import type { Sessions } from '../../adapters/dynamo/sessions.ts';
import { createTable, type Table } from '../../adapters/dynamo/table.ts';
import { createWatches } from '../../adapters/dynamo/watches.ts';
import { setting } from './environment.ts';

interface Parts {
  readonly client: DynamoDBClient;
  readonly table: Table;
  readonly conversations: Conversations;
  readonly sessions: Sessions;
}

/** What the functions that tell of people's presence share. */
export function presenceStores({ client, table, conversations, sessions }: Parts) {
  return {
    ...createAcquaintance(table, conversations),
    ...createWatches(createTable(client, setting('WATCHES_TABLE'))),
    sightings: (userIds: readonly string[], now: number) => sessions.statesOf(userIds, now, { consistent: true }),
  };
}
