import { v7 } from 'uuid';
import { createClient } from '#adapters/dynamo/client.ts';
import { createSessions } from '#adapters/dynamo/connections/sessions.ts';
import { createMedia } from '#adapters/dynamo/media/media.ts';
import { createBlocks } from '#adapters/dynamo/messages/blocks.ts';
import { createChanges } from '#adapters/dynamo/messages/changes.ts';
import { createConversations } from '#adapters/dynamo/messages/conversations.ts';
import { createInvitations } from '#adapters/dynamo/messages/invitations.ts';
import { createTable } from '#adapters/dynamo/table.ts';
import { createActivities } from '#adapters/dynamo/users/activities.ts';
import { createErasure } from '#adapters/dynamo/users/erasure.ts';
import { createFamilies } from '#adapters/dynamo/users/families.ts';
import { createUsers } from '#adapters/dynamo/users/users.ts';
import type { Erasure } from '#adapters/queues/erasures.ts';
import { createQueue } from '#adapters/queues/queue.ts';
import { createSocketCloser } from '#adapters/sockets/close.ts';
import { requireConfirmation } from '#core/accounts/confirm.ts';
import { exportPage } from '#core/accounts/export.ts';
import { shut } from '#core/erasure/account.ts';
import { avatarUrls } from '#core/media/media.ts';
import { device } from '#lambdas/kit/device.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { authenticated, httpHandler } from '#lambdas/kit/http.ts';
import { journal } from '#lambdas/kit/journal.ts';
import { logUnknownChanges } from '#lambdas/kit/log.ts';
import { mobile } from '#lambdas/kit/mobile.ts';
import { rateLimits } from '#lambdas/kit/rate-limits.ts';
import { recorder } from '#lambdas/kit/record.ts';
import { clearSiteData } from '#lambdas/kit/security-headers.ts';
import { ExportQuery } from '#protocol/export.ts';
import { fail } from '#protocol/failures.ts';

const client = createClient();
const table = createTable(client, setting('MESSAGES_TABLE'));
const users = createTable(client, setting('USERS_TABLE'));
const sessions = createSessions(createTable(client, setting('CONNECTIONS_TABLE')));
const conversations = createConversations(client, table);
const close = createSocketCloser(setting('WEBSOCKET_ENDPOINT'), { reason: 'erased', reconnect: false });
const erasures = createQueue<Erasure>(setting('ERASURES_QUEUE_URL'));
const allow = rateLimits(client);
const media = createMedia(client, createTable(client, setting('MEDIA_TABLE')));

const eraser = {
  ...createErasure(client, users, table, media, mobile.forget),
  closeSockets: (userId: string) => sessions.erase(userId, close, Date.now()),
};
const families = createFamilies(users);
const activities = createActivities(users, v7);
const record = recorder(activities);
const store = {
  ...families,
  ...activities,
  ...createUsers(users, avatarUrls(setting('MEDIA_URL'))),
  ...createChanges(client, table, logUnknownChanges),
  ...conversations,
  settings: (userId: string) => sessions.settings(userId),
  blockedBy: createBlocks(client, table, conversations).blockedBy,
  invitationsOf: createInvitations(table).invitationsOf,
};

/**
 * The delay of the erasure job in seconds. In this time the request itself closes the account. The job does it if the request
 * fails.
 */
const headStartSeconds = 5;

/** Erasure of the caller's account, and export of their data. */
export const handler = httpHandler({
  'DELETE /users/me': authenticated({ cost: 50 }, async (caller, { event }) => {
    const { userId } = caller;
    const confirmed = await requireConfirmation(families, caller, Date.now());
    if ('error' in confirmed) return confirmed;
    await journal({ type: 'erased', userId });
    // The job is queued first, so that an erasure that has begun is always finished.
    await erasures.send({ userId }, headStartSeconds);
    const at = await shut(eraser, userId, Date.now());
    if (at === undefined) return fail('not_found');
    await record({ name: 'erased', userId, familyId: caller.familyId, device: device(event) });
    return { ok: { status: 202, headers: clearSiteData } };
  }),

  // A page of the export is charged as a search, because it reads about as much.
  'GET /users/me/export': authenticated({ query: ExportQuery }, async (caller, { query, event }) => {
    const { userId } = caller;
    const confirmed = await requireConfirmation(families, caller, Date.now());
    if ('error' in confirmed) return confirmed;
    const allowed = await allow(userId, { searches: 1 });
    if ('error' in allowed) return allowed;
    const page = await exportPage(store, caller, query, Date.now());
    if ('error' in page) return page;
    if (page.ok.person) await record({ name: 'exported', userId, familyId: caller.familyId, device: device(event) });
    return { ok: { body: page.ok } };
  }),
});
