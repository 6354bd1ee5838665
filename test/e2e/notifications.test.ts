import { expect, inject, test } from 'vitest';
import { type Person, useVisitors } from '#test/helpers/visitors.ts';

const { alone, pair, registered } = useVisitors();
const allowed = { serviceWorkers: 'allow' } as const;

/**
 * A headless browser has no push service, and refuses to show notifications and badges. So pushes come from its developer tools to
 * the real worker, which keeps notifications by their tags as a browser does. (As text: the types of the tests are those of Node.)
 */
const keepNotifications = `
  self.kept = new Map();
  self.badges = [];
  self.shown = [];
  registration.getNotifications = async ({ tag }) => [kept.get(tag)].filter(Boolean);
  registration.showNotification = async (title, options) => {
    kept.set(options.tag, { title, ...options, close: () => kept.delete(options.tag) });
    shown.push([...kept.values()].map(({ title, body, tag, silent }) => ({ title, body, tag, silent })));
  };
  Object.defineProperty(navigator, 'setAppBadge', { value: async (count) => void badges.push(count) });
  self.click = async () => {
    const event = new Event('notificationclick');
    dispatchEvent(Object.assign(event, { notification: [...kept.values()][0], waitUntil: (promise) => { self.done = promise; } }));
    // Without a person's own click a page may not be brought to the front: that alone fails.
    await done.catch(() => {});
    return kept.size;
  };`;

/** Returns the worker of the page, which keeps notifications from now on, with what delivers a push to it. */
async function startWorker({ page }: Person) {
  const context = page.context();
  const tools = await context.newCDPSession(page);
  const workerId = new Promise<string>((resolve) => {
    tools.on(
      'ServiceWorker.workerRegistrationUpdated',
      ({ registrations: [one] }) => one && resolve(one.registrationId),
    );
  });
  await tools.send('ServiceWorker.enable');
  // It may have stopped, since it had nothing to do.
  await tools.send('ServiceWorker.startWorker', { scopeURL: `${inject('url')}/` });
  const [running] = context.serviceWorkers();
  const worker = running ?? (await context.waitForEvent('serviceworker'));
  await page.getByRole('button', { name: 'Turn notifications on' }).click();
  const registrationId = await workerId;
  // A push to a worker that isn't active yet is lost.
  await page.evaluate('navigator.serviceWorker.ready.then(() => {})');
  await worker.evaluate(keepNotifications);
  const deliver = (push: object) =>
    tools.send('ServiceWorker.deliverPushMessage', {
      origin: inject('url'),
      registrationId,
      data: JSON.stringify(push),
    });
  return { worker, deliver };
}

test('a push is shown, a late or repeated one makes no sound, and a click opens the conversation', async () => {
  const [maya, tom] = [await registered('Maya', allowed), await registered('Tom', allowed)];
  await maya.startTalkingTo('Tom', tom.username);
  const tag = new URL(maya.page.url()).hash.slice(2);
  const context = maya.page.context();
  await context.grantPermissions(['notifications'], { origin: inject('url') });
  await maya.page.evaluate("location.hash = ''");

  const { worker, deliver } = await startWorker(maya);

  const pushed = { conversationId: tag, seq: 7, unread: 2, badge: 3, title: 'Tom', body: 'hello' };
  const hidden = { conversationId: tag, seq: 8, unread: 1, badge: 3 };
  const pushes = [pushed, { ...pushed, seq: 6, body: 'older' }, hidden, hidden];
  const words = { tag, title: 'Tom (2)', body: 'hello' };
  const noWords = { tag, title: 'STORM', body: 'New message' };
  for (const [index, push] of pushes.entries()) {
    await deliver(push);
    await expect.poll(() => worker.evaluate('shown.length')).toBe(index + 1);
  }
  expect(await worker.evaluate('shown')).toEqual([
    [{ ...words, silent: false }],
    [{ ...words, silent: true }],
    [{ ...noWords, silent: false }],
    [{ ...noWords, silent: true }],
  ]);
  expect(await worker.evaluate('badges')).toEqual([3, 3]);
  expect(await worker.evaluate('click()')).toBe(0);
  await maya.page.getByRole('heading', { name: 'Tom' }).waitFor();
  expect(new URL(maya.page.url()).hash).toBe(`#/${tag}`);
});

test('a notification that is taken back goes, unless a newer one is shown', async () => {
  const { maya } = await alone(allowed);
  const context = maya.page.context();
  await context.grantPermissions(['notifications'], { origin: inject('url') });
  const { worker, deliver } = await startWorker(maya);
  const pushed = { conversationId: 'one', seq: 7, unread: 2, badge: 3, title: 'Tom', body: 'hello' };
  await deliver(pushed);
  await expect.poll(() => worker.evaluate('kept.size')).toBe(1);
  const takenBack = { conversationId: 'one', unread: 0, badge: 1, takenBack: true };
  await deliver({ ...takenBack, seq: 6 });
  await expect.poll(() => worker.evaluate('badges')).toEqual([3, 1]);
  expect(await worker.evaluate('kept.size')).toBe(1);
  await deliver({ ...takenBack, seq: 7, badge: 0 });
  await expect.poll(() => worker.evaluate('badges')).toEqual([3, 1, 0]);
  expect(await worker.evaluate('[kept.size, shown.length]')).toEqual([0, 1]);
});

test('a page that nobody looks at shows a message itself, and tells the server that nobody does', async () => {
  const { maya, tom } = await pair(allowed);
  const id = new URL(maya.page.url()).hash.slice(2);
  await maya.page.evaluate(`
    window.shown = [];
    Object.defineProperty(Notification, 'permission', { value: 'granted' });
    ServiceWorkerRegistration.prototype.showNotification = async (title, { tag, body, data }) => {
      shown.push({ title, tag, body, seq: data.seq });
    };
    const frames = [];
    window.visibility = frames;
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (text) {
      const frame = JSON.parse(text);
      if (frame.action === 'visibility') frames.push(frame.visible);
      send.call(this, text);
    };
    window.looks = (looks) => {
      document.hasFocus = () => looks;
      dispatchEvent(new Event(looks ? 'focus' : 'blur'));
    };`);
  await tom.say('seen');
  await maya.message('seen').waitFor();
  await maya.page.evaluate('looks(false)');
  await tom.say('unseen');
  await expect.poll(() => maya.page.evaluate('shown')).toEqual([{ title: 'Tom', tag: id, body: 'unseen', seq: 2 }]);
  await expect.poll(() => maya.page.evaluate('visibility')).toEqual([false]);
  await maya.page.evaluate('looks(true)');
  await expect.poll(() => maya.page.evaluate('visibility')).toEqual([false, true]);
});

test('the badge is what is unread, and a notification goes when its conversation was read', async () => {
  const { maya, tom } = await pair(allowed);
  const id = new URL(maya.page.url()).hash.slice(2);
  await maya.page.goto(inject('url'));
  await maya.entry('Tom').waitFor();
  await maya.page.evaluate(`
    window.badges = [];
    window.shown = ['${id}', 'another one'];
    const getNotifications = async () => shown.map((tag) => ({ tag, close: () => shown.splice(shown.indexOf(tag), 1) }));
    Object.defineProperty(navigator, 'setAppBadge', { value: async (count) => void badges.push(count) });
    navigator.serviceWorker.getRegistration = async () => ({ getNotifications });`);
  await tom.say('one', 'two');
  await expect.poll(() => maya.page.evaluate('badges.at(-1)')).toBe(2);
  await expect.poll(() => maya.page.evaluate('shown')).toEqual([id]);
  await maya.open('Tom');
  await expect.poll(() => maya.page.evaluate('badges.at(-1)')).toBe(0);
  await expect.poll(() => maya.page.evaluate('shown')).toEqual([]);
});
