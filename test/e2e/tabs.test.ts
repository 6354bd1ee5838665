import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { launchBrowser } from '../helpers/browser.ts';
import { type Storm, startStorm } from '../helpers/storm.ts';
import { Visitor } from '../helpers/visitor.ts';

let storm: Storm;
let browser: Browser;
let maya: Visitor;
let tom: Visitor;
let people = 0;
/** The sockets that Maya's tabs have open; a tab that is closed has none. */
let openSockets: Map<Page, number>;

beforeAll(async () => {
  [storm, browser] = await Promise.all([startStorm(inject('assembly')), launchBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await storm[Symbol.asyncDispose]();
});

beforeEach(async () => {
  people += 1;
  openSockets = new Map();
  [maya, tom] = [await Visitor.arrive(browser, storm.url), await Visitor.arrive(browser, storm.url)];
  count(maya.page);
  await maya.register('Maya', `maya-${people}`);
  await tom.register('Tom', `tom-${people}`);
  await maya.startTalkingTo('Tom', `tom-${people}`);
  await tom.open('Maya');
});

afterEach(async () => {
  for (const { page } of [maya, tom]) await page.context().close();
});

function count(page: Page): void {
  const add = (more: number) => openSockets.set(page, (openSockets.get(page) ?? 0) + more);
  page.on('close', () => openSockets.delete(page));
  page.on('websocket', (socket) => {
    add(1);
    socket.on('close', () => add(-1));
  });
}

const sockets = () => [...openSockets.values()].reduce((sum, open) => sum + open, 0);

/** Maya's conversation in one more tab. */
async function openTab(): Promise<Visitor> {
  const tab = await maya.another();
  count(tab.page);
  await tab.page.goto(maya.page.url());
  await tab.page.getByRole('heading', { name: 'Tom' }).waitFor();
  return tab;
}

test('Two tabs share one socket, and show the same', async () => {
  const second = await openTab();
  await tom.say('Hello Maya');
  for (const tab of [maya, second]) await tab.message('Hello Maya').waitFor();
  await second.say('Hello Tom');
  await tom.message('Hello Tom').waitFor();
  for (const tab of [maya, second]) await tab.message('Hello Tom', 'Sent').waitFor();
  expect(await second.texts()).toEqual(await maya.texts());
  expect(sockets()).toBe(1);
});

test('When the tab with the socket is closed, the other goes on', async () => {
  const second = await openTab();
  await maya.page.close();
  await second.say('Still here');
  await tom.message('Still here').waitFor();
  await tom.say('So am I');
  await second.message('So am I').waitFor();
  expect(sockets()).toBe(1);
});

test('While the tab with the socket stands still, the other takes over', async () => {
  const second = await openTab();
  const debug = await maya.page.context().newCDPSession(maya.page);
  await debug.send('Debugger.enable');
  await debug.send('Debugger.pause');
  // Stops with the next thing that it does.
  await tom.say('Are you there?');
  await second.say('On another tab');
  await tom.message('On another tab').waitFor();
  await second.message('Are you there?').waitFor();
  await debug.send('Debugger.disable');
  await maya.message('On another tab', 'Sent').waitFor();
  await expect.poll(sockets, { timeout: 30_000 }).toBe(1);
});

test('What was not sent outlives the page', async () => {
  await maya.page.context().setOffline(true);
  await maya.page.getByText('Reconnecting…').waitFor();
  await maya.say('one', 'two');
  await maya.message('two', 'Sending').waitFor();
  const next = await maya.another();
  const { page } = maya;
  const url = page.url();
  await page.close();
  await next.page.context().setOffline(false);
  await next.page.goto(url);
  await next.message('two', 'Sent').waitFor();
  await tom.message('two').waitFor();
  expect(await tom.texts()).toEqual(['one', 'two']);
});
