import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { holdAnswers } from '#test/helpers/hold-answers.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { pair, registered } = useVisitors();

/** What moved without being asked to, as the browser tells it ("Layout Instability API"). */
const observe = `
  globalThis.moved = [];
  new PerformanceObserver((list) => {
    for (const { sources } of list.getEntries())
      for (const { node, previousRect: from, currentRect: to } of sources)
        moved.push([node?.nodeName, node?.className, node?.textContent?.slice(0, 40), JSON.stringify(from), JSON.stringify(to)].join(' '));
  }).observe({ type: 'layout-shift', buffered: true });`;
const moved = async (page: Page) => z.array(z.string()).parse(await page.evaluate('moved'));

/** Keeps the next sockets of the page from opening until the returned function is called. */
async function holdSockets(page: Page): Promise<() => void> {
  const held = Promise.withResolvers<void>();
  await page.routeWebSocket(/./, async (socket) => {
    await held.promise;
    socket.connectToServer();
  });
  return held.resolve;
}

const devices = {
  'a desktop': {},
  'a phone': { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};

test.each(Object.entries(devices))(
  'On %s nothing moves while the page starts with what it kept, and loses and finds the network, and nobody seems online without one',
  async (_, device) => {
    const { maya, tom } = await pair(device);
    await maya.say('Good morning! Is the boat ready?');
    await tom.message('Good morning! Is the boat ready?').waitFor();
    await tom.say('Nearly');
    await maya.message('Nearly').waitFor();
    const { page } = maya;
    await page.addInitScript(observe);
    const release = await holdSockets(page);
    const answer = await holdAnswers(page);
    await expect.poll(() => maya.kept()).toContain('Nearly');
    await page.reload();
    const state = page.getByRole('status').filter({ hasText: 'Connecting…' });
    await state.waitFor();
    await maya.message('Nearly').waitFor();
    // In the header and in the list, of which a phone shows one.
    const dots = page.locator('.avatar .online');
    const isOnline = page.locator('.conversation-header').getByText('online');
    expect([await dots.count(), await isOnline.count()]).toEqual([0, 0]);
    answer();
    release();
    await state.waitFor({ state: 'hidden' });
    await isOnline.waitFor();
    await page.context().setOffline(true);
    await page.getByText('You are offline.').waitFor();
    await isOnline.waitFor({ state: 'hidden' });
    expect(await dots.count()).toBe(0);
    await page.context().setOffline(false);
    await page.getByText('You are offline.').waitFor({ state: 'hidden' });
    await isOnline.waitFor();
    expect(await moved(page)).toEqual([]);
  },
);

test('What says that there is no network keeps nothing from being clicked', async () => {
  const maya = await registered('Maya', devices['a phone']);
  const tom = await registered('Tom');
  await tom.startTalkingTo('Maya', maya.username);
  await tom.say('Hello');
  await maya.entry('Tom').waitFor();
  await maya.page.context().setOffline(true);
  const state = maya.page.getByText('You are offline.');
  await state.waitFor();
  // The bottom of the list, over which it lies.
  const box = await state.boundingBox();
  const below = await maya.page.evaluate(
    `document.elementFromPoint(${(box?.x ?? 0) + 10}, ${(box?.y ?? 0) + 10})?.closest('.conversations') !== null`,
  );
  expect(below).toBe(true);
  await maya.open('Tom');
  await state.waitFor();
});

test('The title of a dialog covers what scrolls away above it', async () => {
  const maya = await registered('Maya', devices['a phone']);
  const settings = await maya.openSettings('Profile', 'Account and password', 'Privacy');
  await settings.getByLabel('Be invisible').scrollIntoViewIfNeeded();
  const box = await settings.boundingBox();
  const [x, y] = [(box?.x ?? 0) + 40, (box?.y ?? 0) + 2];
  expect(await maya.page.evaluate(`document.elementFromPoint(${x}, ${y}).closest('header')?.textContent`)).toBe(
    'Settings',
  );
});
