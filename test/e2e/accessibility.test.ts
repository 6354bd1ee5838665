import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { launchBrowser } from '../helpers/browser.ts';
import { type Storm, startStorm } from '../helpers/storm.ts';
import { Visitor } from '../helpers/visitor.ts';

const AxeResults = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
});

let storm: Storm;
let browser: Browser;

beforeAll(async () => {
  [storm, browser] = await Promise.all([startStorm(), launchBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await storm[Symbol.asyncDispose]();
});

/** Rules that the page breaks, with the elements that break them. `SCREENSHOTS` names a folder to see the screens in. */
async function violations(page: Page, screen: string): Promise<unknown[]> {
  const folder = process.env['SCREENSHOTS'];
  if (folder) await page.screenshot({ path: `${folder}/${screen}.png` });
  await page.evaluate(axe.source);
  const results = AxeResults.parse(await page.evaluate('axe.run()'));
  return results.violations.map(({ id, nodes }) => ({ screen, id, elements: nodes.map(({ html }) => html) }));
}

const devices: Record<string, BrowserContextOptions> = {
  'a desktop, light': { colorScheme: 'light', reducedMotion: 'reduce' },
  'a desktop, dark': { colorScheme: 'dark', reducedMotion: 'reduce' },
  'a phone': { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, reducedMotion: 'reduce' },
};

describe.each(Object.entries(devices))('On %s', (device, options) => {
  test('no screen breaks a rule of axe', async () => {
    const name = device.replaceAll(/\W+/g, '-');
    const found: unknown[] = [];
    const check = async (visitor: Visitor, screen: string) => {
      found.push(...(await violations(visitor.page, `${name}-${screen}`)));
    };
    const maya = await Visitor.arrive(browser, storm.url, options);
    const tom = await Visitor.arrive(browser, storm.url, options);
    await maya.page.getByRole('heading', { name: 'Log in' }).waitFor();
    await check(maya, 'login');
    await maya.logIn('nobody', 'wrong password');
    await maya.page.getByText('is wrong').waitFor();
    await check(maya, 'login-failed');
    await maya.page.getByRole('button', { name: 'Create an account' }).click();
    await check(maya, 'register');
    await maya.page.reload();
    await maya.register('Maya Lindqvist', `maya-${name}`.slice(0, 32));
    await tom.register('Tom Okafor', `tom-${name}`.slice(0, 32));
    await maya.page.getByText('Nobody here yet').waitFor();
    await check(maya, 'empty');
    await maya.choose(`tom-${name}`.slice(0, 32));
    await check(maya, 'new-conversation');
    await maya.page.getByRole('button', { name: 'Start talking' }).click();
    await maya.page.getByRole('heading', { name: 'Tom Okafor' }).waitFor();
    await maya.say('Hello', 'See https://example.org');
    await maya.message('Hello', 'Sent').waitFor();
    await tom.entry('Maya Lindqvist').filter({ hasText: 'unread' }).waitFor();
    await check(tom, 'unread');
    await tom.open('Maya Lindqvist');
    await tom.say('Hello yourself');
    await maya.message('Hello yourself').waitFor();
    await check(maya, 'thread');
    await maya.page.context().setOffline(true);
    await maya.say('Waiting');
    await maya.message('Waiting', 'Sending').waitFor();
    await check(maya, 'pending');
    expect(found).toEqual([]);
    await maya.page.context().close();
    await tom.page.context().close();
  });
});
