import { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createChanges } from '#adapters/dynamo/messages/changes.ts';
import { createConversations } from '#adapters/dynamo/messages/conversations.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createUsers } from '#adapters/dynamo/users/users.ts';
import { PresenceChange } from '#adapters/queues/presence-changes.ts';
import { runtime } from '#adapters/runtime.ts';
import { publicUser } from '#core/accounts/user.ts';
import { deliverPresence, type PresenceDeliveryPorts } from '#core/delivery/presence.ts';
import { deliverProfile, type ProfileDeliveryPorts } from '#core/delivery/profiles.ts';
import { avatarUrls } from '#core/media/media.ts';
import { overview } from '#core/sync/summary.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { ephemeralDelivery } from '#lambdas/kit/ephemeral.ts';
import { logUnknownChanges } from '#lambdas/kit/log.ts';
import { presenceStores } from '#lambdas/kit/presence-dependencies.ts';
import { queueHandler } from '#lambdas/kit/queue.ts';

const client = createClient();
const table = createTable(client, setting('MESSAGES_TABLE'));
const sessions = createSessions(createTable(client, setting('CONNECTIONS_TABLE')));
const conversations = createConversations(client, table);
const stores = presenceStores({ client, table, conversations, sessions });
const users = createUsers(createTable(client, setting('USERS_TABLE')), avatarUrls(setting('MEDIA_URL')));

const ports: PresenceDeliveryPorts = {
  ...runtime,
  ...stores,
  connectionsOf: async (userIds, now) =>
    (await sessions.statesOf(userIds, now, { consistent: true })).flatMap(({ connections }) => connections),
  forget: (userId, connectionIds) => stores.forget(connectionIds.map((connectionId) => ({ userId, connectionId }))),
  deliverOnce: ephemeralDelivery(sessions),
};

const summaries = {
  ...runtime,
  ...createChanges(client, table, logUnknownChanges),
  ...conversations,
  epoch: setting('GENERATION'),
};

const profilePorts: ProfileDeliveryPorts = {
  ...ports,
  ...conversations,
  ...stores,
  recipientsOf: async ({ id, large, members }) => (large ? conversations.allMembers(id) : [...members.values()]),
  conversationsOf: async (userId) => (await overview(summaries, userId)).conversations,
  async profileOf(userId) {
    const account = await users.get(userId, { consistent: true });
    return account && publicUser(users, account);
  },
};

/** Delivers changes of presence and of profiles. If that fails, the message is received again, and what has changed is read again. */
export const handler = queueHandler(PresenceChange, async (change) => {
  if (change.profile) await deliverProfile(profilePorts, change.userId);
  else await deliverPresence(ports, change);
  return 'done';
});
