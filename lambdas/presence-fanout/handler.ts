import { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createConversations } from '#adapters/dynamo/messages/conversations.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { PresenceChange } from '#adapters/queues/presence-changes.ts';
import { runtime } from '#adapters/runtime.ts';
import { deliverPresence, type PresenceDeliveryPorts } from '#core/delivery/presence.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { ephemeralDelivery } from '#lambdas/kit/ephemeral.ts';
import { presenceStores } from '#lambdas/kit/presence-dependencies.ts';
import { queueHandler } from '#lambdas/kit/queue.ts';

const client = createClient();
const table = createTable(client, setting('MESSAGES_TABLE'));
const sessions = createSessions(createTable(client, setting('CONNECTIONS_TABLE')));
const stores = presenceStores({ client, table, conversations: createConversations(client, table), sessions });

const ports: PresenceDeliveryPorts = {
  ...runtime,
  ...stores,
  connectionsOf: async (userIds, now) =>
    (await sessions.statesOf(userIds, now, { consistent: true })).flatMap(({ connections }) => connections),
  forget: (userId, connectionIds) => stores.forget(connectionIds.map((connectionId) => ({ userId, connectionId }))),
  deliverOnce: ephemeralDelivery(sessions),
};

/** Delivers changes of presence to subscribers. If that fails, the message is received again, and the presence is read again. */
export const handler = queueHandler(PresenceChange, async (change) => {
  await deliverPresence(ports, change);
  return 'done';
});
