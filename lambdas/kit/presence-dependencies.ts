import type { DynamoDb } from '#adapters/dynamo/client.ts';
import type { Sessions } from '#adapters/dynamo/connections/sessions.ts';
import { createContacts } from '#adapters/dynamo/messages/contacts.ts';
import type { Conversations } from '#adapters/dynamo/messages/conversations.ts';
import { createPresenceSubscriptions } from '#adapters/dynamo/presence-subscriptions/presence-subscriptions.ts';
import { createTable, type Table } from '#adapters/dynamo/table.ts';
import { setting } from './environment.ts';

interface Parts {
  readonly client: DynamoDb;
  readonly table: Table;
  readonly conversations: Conversations;
  readonly sessions: Sessions;
}

/** The stores that functions around presence use. */
export function presenceStores({ client, table, conversations, sessions }: Parts) {
  return {
    ...createContacts(table, conversations),
    ...createPresenceSubscriptions(createTable(client, setting('PRESENCE_SUBSCRIPTIONS_TABLE'))),
    presenceStates: (userIds: readonly string[], now: number) => sessions.statesOf(userIds, now, { consistent: true }),
  };
}
