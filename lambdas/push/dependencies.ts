import { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createBlocks } from '#adapters/dynamo/messages/blocks.ts';
import { createChanges } from '#adapters/dynamo/messages/changes.ts';
import { createConversations } from '#adapters/dynamo/messages/conversations.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createSubscriptions } from '#adapters/dynamo/users/push-subscriptions.ts';
import { profileKey } from '#adapters/dynamo/users/users.ts';
import { VapidKeys } from '#adapters/push/vapid.ts';
import { createWebPush } from '#adapters/push/web-push.ts';
import { createQueue } from '#adapters/queues/queue.ts';
import { runtime } from '#adapters/runtime.ts';
import { createKeyText } from '#adapters/secrets/key-text.ts';
import type { Notifier, PushJob } from '#core/push/ports.ts';
import type { TakeBackStore } from '#core/push/take-back.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { logUnknownChanges } from '#lambdas/kit/log.ts';
import { mobile } from '#lambdas/kit/mobile.ts';
import { pushHosts } from '#lambdas/kit/push-hosts.ts';
import { isOnThisMachine } from '#lambdas/kit/this-machine.ts';

const client = createClient();
const messages = createTable(client, setting('MESSAGES_TABLE'));
const users = createTable(client, setting('USERS_TABLE'));
const sessions = createSessions(createTable(client, setting('CONNECTIONS_TABLE')));
const conversations = createConversations(client, messages);
const changes = createChanges(client, messages, logUnknownChanges);
const keys = createKeyText(setting('PUSH_KEY_PARAMETER'));

export const jobs = createQueue<PushJob>(setting('PUSH_JOBS_QUEUE_URL'), ({ conversationId }) => conversationId);

const notifyBrowser = createWebPush({
  keys: async () => VapidKeys.parse(JSON.parse(await keys())),
  // The contact for push services is the page. Its URL on this machine begins with http, which the library web-push doesn't accept.
  subject: setting('PAGE_URL').replace(/^http:/, 'https:'),
  hosts: pushHosts,
  toThisMachine: isOnThisMachine,
});

export const notify: Notifier = (subscription, notification) =>
  'platform' in subscription ? mobile.notify(subscription, notification) : notifyBrowser(subscription, notification);

export const store: TakeBackStore = {
  ...runtime,
  epoch: setting('GENERATION'),
  ...conversations,
  ...createBlocks(client, messages, conversations),
  ...createSubscriptions(users, sessions),
  at: changes.at,
  voidsAbove: changes.voidsAbove,
  statesOf: (userIds, now, options) => sessions.statesOf(userIds, now, options),
  forgetPush: (userId, until) => sessions.forgetPush(userId, until),
  async nameOf(userId) {
    const displayName = (await users.get(profileKey(userId)))?.['displayName'];
    return typeof displayName === 'string' ? displayName : undefined;
  },
};
