import { Duration } from 'aws-cdk-lib';
import { WorkQueue } from '#lib/constructs/work-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/** Exporting what is kept about oneself, and erasing an account. */
export function addPrivacy(foundation: Foundation, deliveries: WorkQueue): void {
  const { stack, tables, alarms, auth, socket, http, mediaSite, site, mobilePush } = foundation;

  const privacy = addFunction(foundation, 'privacy', { memoryMiB: 512, limitsRates: true });
  auth.grantVerify(privacy, site.url);
  tables.grantPrivacy(privacy);
  http.route(privacy, 'DELETE /users/me', 'GET /users/me/export');

  const erase = addFunction(foundation, 'erase', { memoryMiB: 512, timeout: Duration.seconds(29) });
  tables.grantErase(erase);
  deliveries.grantSend(erase);
  const erasures = new WorkQueue(stack, 'Erasures', {
    consumer: erase,
    // One account at a time, so that it has all of the function's time.
    batchSize: 1,
    maxConcurrency: 5,
    maxReceiveCount: 10,
    alarms,
    alarmText: 'An account could not be erased. Find out why, and move the message back: it goes on where it stopped.',
  });

  for (const fn of [privacy, erase]) {
    erasures.grantSend(fn);
    socket.grantClose(fn);
    mediaSite.grantName(fn);
    mobilePush.grantForget(fn);
  }
}
