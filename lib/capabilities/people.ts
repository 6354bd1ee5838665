import { allowPushHosts } from '#lib/capabilities/push.ts';
import type { PushKey } from '#lib/constructs/push-key.ts';
import type { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/** Users: profiles, settings, blocks, presence, and push subscriptions. */
export function addPeople(foundation: Foundation, pushKey: PushKey, presenceChanges: WorkQueue): void {
  const { journal, tables, auth, http, mediaSite, site, mobilePush, settings } = foundation;

  const users = addFunction(foundation, 'users', { memoryMiB: 512 });
  auth.grantVerify(users, site.url);
  tables.grantCheckLogin(users);
  tables.grantProfiles(users);
  tables.grantSettings(users);
  tables.grantRateLimits(users);
  presenceChanges.grantSend(users);
  tables.grantBlocks(users);
  journal.grantWrite(users);
  tables.grantPresence(users);
  tables.grantSubscribe(users);
  mediaSite.grantName(users);
  pushKey.grantName(users);
  allowPushHosts(users, settings);
  mobilePush.grantRegister(users);
  http.route(
    users,
    'GET /users/me',
    'GET /users/{id}',
    'PUT /users/{id}',
    'GET /users',
    'GET /users/{id}/presence',
    'GET /users/me/settings',
    'PATCH /users/me/settings',
    'GET /users/me/blocks',
    'PUT /users/me/blocks/{id}',
    'DELETE /users/me/blocks/{id}',
    'GET /push/key',
    'POST /push/subscriptions',
    'DELETE /push/subscriptions/{id}',
  );
}
