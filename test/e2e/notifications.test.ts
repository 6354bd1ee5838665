import type { Browser, CDPSession, Worker } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launchBrowser } from '../helpers/browser.ts';
import { type Storm, startStorm } from '../helpers/storm.ts';
import { Visitor } from '../helpers/visitor.ts';

let storm: Storm;
let browser: Browser;
beforeAll(async () => {
  [storm, browser] = await Promise.all([startStorm(inject('assembly')), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await storm[Symbol.asyncDispose]();
});

/** Delivers what a push service would have, which a headless browser can't reach. */
async function pusher(devTools: CDPSession, origin: string) {
  const registered = new Promise<string>((resolve) =>
    devTools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [found] = registrations;
      if (found) resolve(found.registrationId);
    }),
  );
  await devTools.send('ServiceWorker.enable');
  const registrationId = await registered;
  return (pushed: object) =>
    devTools.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data: JSON.stringify(pushed) });
}

function shown(worker: Worker): Promise<{ title: string; body: string; tag: string }[]> {
  // The worker's own global; the types of the tests are those of Node.
  return worker.evaluate(
    'registration.getNotifications().then((all) => all.map(({ title, body, tag }) => ({ title, body, tag })))',
  );
}

test('a push is shown, a late or repeated one changes nothing, and a click opens the conversation', async () => {
  const [maya, tom] = [await Visitor.arrive(browser, storm.url), await Visitor.arrive(browser, storm.url)];
  await tom.register('Tom', 'tom-notified');
  await maya.register('Maya', 'maya-notified');
  await maya.startTalkingTo('Tom', 'tom-notified');
  const conversationId = new URL(maya.page.url()).hash.slice(2);
  const context = maya.page.context();
  await context.grantPermissions(['notifications'], { origin: storm.url });
  await maya.page.evaluate("location.hash = ''");

  const started = context.waitForEvent('serviceworker');
  await maya.page.getByRole('button', { name: 'Turn notifications on' }).click();
  const worker = await started;
  const push = await pusher(await context.newCDPSession(maya.page), `${storm.url}/`);

  const pushed = { conversationId, seq: 7, unread: 2, badge: 3, title: 'Tom', body: 'hello' };
  const notification = { title: 'Tom (2)', body: 'hello', tag: conversationId };
  await push(pushed);
  await expect.poll(() => shown(worker), { timeout: 20_000 }).toEqual([notification]);
  await push({ ...pushed, seq: 6, body: 'older' });
  await push({ ...pushed, body: 'again' });
  await push({ conversationId, seq: 8, unread: 1, badge: 3 });
  await expect
    .poll(() => shown(worker), { timeout: 20_000 })
    .toEqual([{ title: 'STORM', body: 'New message', tag: conversationId }]);

  await worker.evaluate(
    "registration.getNotifications().then(([notification]) => void dispatchEvent(new NotificationEvent('notificationclick', { notification })))",
  );
  await maya.page.getByRole('heading', { name: 'Tom' }).waitFor();
  expect(new URL(maya.page.url()).hash).toBe(`#/${conversationId}`);
  expect(await shown(worker)).toEqual([]);
});
