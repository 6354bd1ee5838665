import { createAudience } from '../../adapters/dynamo/audience.ts';
import { createChanges } from '../../adapters/dynamo/changes.ts';
import { createClient } from '../../adapters/dynamo/client.ts';
import { createConversations } from '../../adapters/dynamo/conversations.ts';
import { createSessions } from '../../adapters/dynamo/sessions.ts';
import { createTable } from '../../adapters/dynamo/table.ts';
import type { Conversation } from '../../core/conversations/conversation.ts';
import { deliverer } from './deliver.ts';
import { setting } from './environment.ts';

/** What the functions around conversations share, as the environment sets it up. Call it once, at module scope. */
export function chatStores() {
  const client = createClient();
  const table = createTable(client, setting('MESSAGES_TABLE'));
  const conversations = createConversations(client, table);
  const sessions = createSessions(createTable(client, setting('CONNECTIONS_TABLE')));
  const audience = createAudience(conversations);
  const deliver = deliverer(sessions);

  /** The connections of those who see the change at `seq`. */
  async function listeners(conversation: Conversation, seq: number, alsoUserIds: readonly string[] = []) {
    const userIds = await audience(conversation, seq);
    return sessions.connectionsOf([...new Set([...userIds, ...alsoUserIds])], Date.now());
  }

  return {
    client,
    table,
    conversations,
    changes: createChanges(client, table),
    sessions,
    audience,
    listeners,
    deliver,
  };
}
