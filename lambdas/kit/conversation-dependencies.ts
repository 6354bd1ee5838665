import { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createBlocks } from '#adapters/dynamo/messages/blocks.ts';
import { createChanges } from '#adapters/dynamo/messages/changes.ts';
import { createConversations } from '#adapters/dynamo/messages/conversations.ts';
import { createRecipients } from '#adapters/dynamo/messages/recipients.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { runtime } from '#adapters/runtime.ts';
import type { WhenDone } from '#adapters/sockets/delivery.ts';
import type { DeliveryPorts } from '#core/delivery/ports.ts';
import { avatarUrls } from '#core/media/media.ts';
import { deliverer } from './deliver.ts';
import { setting } from './environment.ts';
import { logUnknownChanges } from './log.ts';

/**
 * The stores and the delivery that several functions use, set up from the environment. It must be called once, at module scope.
 * `whenRemoved` decides whether a delivery waits until the entries of dead sockets are removed. By default it does.
 */
export function chatStores(whenRemoved?: WhenDone) {
  const client = createClient();
  const table = createTable(client, setting('MESSAGES_TABLE'));
  const conversations = createConversations(client, table);
  const changes = createChanges(client, table, logUnknownChanges);
  const sessions = createSessions(createTable(client, setting('CONNECTIONS_TABLE')));
  const delivery: DeliveryPorts = {
    ...runtime,
    load: conversations.load,
    recipientsOf: createRecipients(conversations, changes),
    connectionsOf: (userIds, now) => sessions.connectionsOf(userIds, now),
    statesOf: (userIds, now) => sessions.statesOf(userIds, now),
    blockedBy: createBlocks(client, table, conversations).blockedBy,
    deliver: deliverer(sessions, whenRemoved),
    avatarUrl: avatarUrls(setting('MEDIA_URL')),
  };
  return {
    client,
    table,
    conversations,
    changes,
    sessions,
    delivery,
  };
}
