import { beforeEach, expect, test } from 'vitest';
import type { Visitor } from '#test/helpers/visitor.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { pair } = useVisitors();
/** `answerMs` of client/shared-connection.ts. */
const leaderAnswersMs = 10_000;
let maya: Visitor;
let tom: Visitor;
/** Those of Maya. */
let tabs: Visitor[];

beforeEach(async () => {
  ({ maya, tom } = await pair({ clock: true }));
  tabs = [maya];
});

/** A tab that is closed has none. */
const sockets = () => tabs.reduce((sum, tab) => sum + (tab.page.isClosed() ? 0 : tab.sockets), 0);

/** Maya's conversation in one more tab. */
async function openTab(): Promise<Visitor> {
  const tab = await maya.another();
  tabs.push(tab);
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
  // For the tab that stands still the time passes when it goes on.
  const passed = second.pass(leaderAnswersMs);
  await tom.message('On another tab').waitFor();
  await second.message('Are you there?').waitFor();
  await debug.send('Debugger.disable');
  await passed;
  await maya.message('On another tab', 'Sent').waitFor();
  await expect.poll(sockets).toBe(1);
});

test('What was not sent outlives the page', async () => {
  await maya.goOffline();
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
