import type { Browser } from 'playwright-core';
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

/**
 * A headless browser has no push service, and nowhere to show notifications and badges. So its worker, the real one, is given its events by
 * hand, and keeps notifications by their tags as a browser does. (As text: the types of the tests are those of Node.)
 */
const inWorker = (pushes: readonly object[]) => `(async () => {
  const kept = new Map();
  registration.getNotifications = async ({ tag }) => [kept.get(tag)].filter(Boolean);
  registration.showNotification = async (title, options) =>
    void kept.set(options.tag, { title, ...options, close: () => kept.delete(options.tag) });
  const badges = [];
  Object.defineProperty(navigator, 'setAppBadge', { value: async (count) => void badges.push(count) });
  const happen = async (type, more) => {
    let done;
    dispatchEvent(Object.assign(new Event(type), { ...more, waitUntil: (promise) => { done = promise; } }));
    await done;
  };
  const shown = [];
  for (const pushed of ${JSON.stringify(pushes)}) {
    await happen('push', { data: { json: () => pushed } });
    shown.push([...kept.values()].map(({ title, body, tag, silent }) => ({ title, body, tag, silent })));
  }
  // Without a person's own click a page may not be brought to the front: that alone fails.
  await happen('notificationclick', { notification: [...kept.values()][0] }).catch(() => {});
  return { shown, badges, left: kept.size };
})()`;

test('a push is shown, a late or repeated one makes no sound, and a click opens the conversation', async () => {
  const [maya, tom] = [await Visitor.arrive(browser, storm.url), await Visitor.arrive(browser, storm.url)];
  await tom.register('Tom', 'tom-notified');
  await maya.register('Maya', 'maya-notified');
  await maya.startTalkingTo('Tom', 'tom-notified');
  const tag = new URL(maya.page.url()).hash.slice(2);
  const context = maya.page.context();
  await context.grantPermissions(['notifications'], { origin: storm.url });
  await maya.page.evaluate("location.hash = ''");

  const started = context.waitForEvent('serviceworker');
  await maya.page.getByRole('button', { name: 'Turn notifications on' }).click();
  const worker = await started;

  const pushed = { conversationId: tag, seq: 7, unread: 2, badge: 3, title: 'Tom', body: 'hello' };
  const hidden = { conversationId: tag, seq: 8, unread: 1, badge: 3 };
  const pushes = [pushed, { ...pushed, seq: 6, body: 'older' }, hidden, hidden];
  const words = { tag, title: 'Tom (2)', body: 'hello' };
  const noWords = { tag, title: 'STORM', body: 'New message' };
  expect(await worker.evaluate(inWorker(pushes))).toEqual({
    shown: [
      [{ ...words, silent: false }],
      [{ ...words, silent: true }],
      [{ ...noWords, silent: false }],
      [{ ...noWords, silent: true }],
    ],
    badges: [3, 3],
    left: 0,
  });
  await maya.page.getByRole('heading', { name: 'Tom' }).waitFor();
  expect(new URL(maya.page.url()).hash).toBe(`#/${tag}`);
});
