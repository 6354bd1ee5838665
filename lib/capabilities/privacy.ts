import { Duration } from 'aws-cdk-lib';
import { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/** Export of a user's own data, and erasure of accounts. */
export function addPrivacy(foundation: Foundation, deliveries: WorkQueue): void {
  const { stack, tables, alarms, auth, socket, http, mediaSite, site, mobilePush, journal } = foundation;

  const privacy = addFunction(foundation, 'privacy', { memoryMiB: 512 });
  auth.grantVerify(privacy, site.url);
  tables.grantCheckLogin(privacy);
  tables.grantPrivacy(privacy);
  journal.grantWrite(privacy);
  http.route(privacy, 'DELETE /users/me', 'GET /users/me/export');

  const erase = addFunction(foundation, 'erase', { memoryMiB: 512, timeout: Duration.seconds(29) });
  tables.grantErase(erase);
  deliveries.grantSend(erase);
  const erasures = new WorkQueue(stack, 'Erasures', {
    consumer: erase,
    // An account gets all the time of an invocation.
    batchSize: 1,
    maxConcurrency: 5,
    maxReceiveCount: 10,
    afterRestore: 'keep',
    alarms,
  });

  for (const fn of [privacy, erase]) {
    erasures.grantSend(fn);
    socket.grantClose(fn);
    mediaSite.grantName(fn);
    mobilePush.grantForget(fn);
  }
}
