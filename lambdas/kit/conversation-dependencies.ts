import { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createAudience } from '#adapters/dynamo/messages/audience.ts';
import { createChanges } from '#adapters/dynamo/messages/changes.ts';
import { createConversations } from '#adapters/dynamo/messages/conversations.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import type { Change, MessageChange } from '#core/conversations/change.ts';
import { type Conversation, floorOf } from '#core/conversations/conversation.ts';
import { viewsOf } from '#core/delivery/views.ts';
import { avatarUrls } from '#core/media/media.ts';
import { deliverer } from './deliver.ts';
import { setting } from './environment.ts';
import { countUnknownChanges } from './metrics.ts';

/** What the functions around conversations share, as the environment sets it up. Call it once, at module scope. */
export function chatStores() {
  const client = createClient();
  const table = createTable(client, setting('MESSAGES_TABLE'));
  const conversations = createConversations(client, table);
  const sessions = createSessions(createTable(client, setting('CONNECTIONS_TABLE')));
  const audience = createAudience(conversations);
  const avatarUrl = avatarUrls(setting('MEDIA_URL'));
  const deliver = deliverer(sessions);

  /** The connections of those who see the change at `seq`. */
  async function listeners(conversation: Conversation, seq: number) {
    const members = await audience(conversation);
    const userIds = members.filter((member) => floorOf(conversation, member) < seq).map(({ userId }) => userId);
    return sessions.connectionsOf(userIds, Date.now());
  }

  /** Delivers changes to those who see them, and to those whom they remove. `messages` are those that revisions are about. */
  async function tell(
    conversation: Conversation,
    changes: readonly Change[],
    messages: ReadonlyMap<number, MessageChange> = new Map(),
  ): Promise<void> {
    for (const { events, userIds } of viewsOf(conversation, await audience(conversation), changes, messages, avatarUrl))
      await deliver(events, await sessions.connectionsOf(userIds, Date.now()));
  }

  return {
    client,
    table,
    conversations,
    changes: createChanges(client, table, countUnknownChanges),
    avatarUrl,
    sessions,
    audience,
    listeners,
    deliver,
    tell,
  };
}
