import axe from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { beforeEach, describe, expect, inject, test } from 'vitest';
import * as z from 'zod/mini';
import { picture } from '#test/helpers/files.ts';
import { newUsername } from '#test/helpers/sign-up.ts';
import type { Visitor } from '#test/helpers/visitor.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const AxeResults = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
});

const { arrive, registered } = useVisitors();

/** Rules that the page breaks, with the elements that break them. `SCREENSHOTS` names a folder to see the screens in. */
async function violations(page: Page, screen: string): Promise<unknown[]> {
  await page.evaluate(axe.source);
  const found: unknown[] = [];
  // What differs are the colours.
  for (const [colorScheme, rules] of [['dark', `{ runOnly: ['color-contrast'] }`] as const, ['light', '{}'] as const]) {
    await page.emulateMedia({ colorScheme });
    const folder = process.env['SCREENSHOTS'];
    if (folder) await page.screenshot({ path: `${folder}/${screen}-${colorScheme}.png` });
    const results = AxeResults.parse(await page.evaluate(`axe.run(${rules})`));
    for (const { id, nodes } of results.violations)
      found.push({ screen, colorScheme, id, elements: nodes.map(({ html }) => html) });
  }
  return found;
}

const devices: Record<string, BrowserContextOptions> = {
  'a desktop': { reducedMotion: 'reduce' },
  'a phone': { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, reducedMotion: 'reduce' },
};

describe.each(Object.entries(devices))('On %s', (device, options) => {
  const name = device.replaceAll(/\W+/g, '-');
  let found: unknown[];
  beforeEach(() => {
    found = [];
  });
  const check = async (visitor: Visitor, screen: string) => {
    found.push(...(await violations(visitor.page, `${name}-${screen}`)));
  };

  test('no screen of a conversation breaks a rule of axe, light or dark', async () => {
    const ann = await arrive(options);
    await ann.page.getByRole('heading', { name: 'Log in' }).waitFor();
    await check(ann, 'login');
    await ann.logIn('nobody', 'wrong password');
    await ann.page.getByText('is wrong').waitFor();
    await check(ann, 'login-failed');
    await ann.page.getByRole('button', { name: 'Forgot your password?' }).click();
    await check(ann, 'forgot-password');
    await ann.page.getByRole('button', { name: 'Back to the login' }).click();
    await ann.page.getByRole('button', { name: 'Create an account' }).click();
    await check(ann, 'register');
    await ann.page.reload();
    await ann.register('Ann', newUsername('Ann'));
    const ben = await registered('Ben', options);
    await ann.page.getByText('Nobody here yet').waitFor();
    await check(ann, 'empty');
    await ann.page.getByRole('button', { name: 'New conversation' }).click();
    await ann.page.getByLabel('Find people by name or username').fill(ben.username);
    await ann.page.getByRole('button', { name: `@${ben.username}` }).waitFor();
    await ann.page.getByText('Send them your link').click();
    await check(ann, 'new-conversation');
    await ann.choose(ben.username);
    await ann.page.getByRole('heading', { name: 'Ben' }).waitFor();
    await ann.say('Hello', 'See https://example.org');
    await ann.message('Hello', 'Sent').waitFor();
    await ben.entry('Ann').filter({ hasText: 'unread' }).waitFor();
    await check(ben, 'unread');
    await ben.open('Ann');
    await ben.say('Hello yourself');
    await ann.message('Hello yourself').waitFor();
    await ann.attach('harbour.png', 'image/png', await picture(800, 600).png().toBuffer());
    await ann.attach('notes.txt', 'text/plain', Buffer.from('notes'));
    await ann.attached('harbour.png');
    await check(ann, 'attaching');
    await ann.page.getByRole('button', { name: 'Remove notes.txt' }).click();
    await ann.say('The harbour');
    await ann.message('The harbour', 'Sent').locator('.tile img').waitFor();
    await check(ann, 'conversation');
    await ann.page.getByRole('button', { name: 'Open the picture' }).click();
    await ann.page.getByRole('img', { name: 'As it was sent' }).waitFor();
    await check(ann, 'picture');
    await ann.page.getByRole('button', { name: 'Close' }).click();
    await ann.act('Hello yourself', '❤️');
    await ben.act('Hello', 'Reply');
    await ben.say('I said it first');
    await ann.page.getByRole('button', { name: /^In answer to/ }).waitFor();
    await ann.act('See https://example.org', 'Delete', 'Delete for everyone');
    await ann.message('This message was deleted').waitFor();
    await ann.act('Hello');
    await check(ann, 'menu');
    await ann.page.keyboard.press('Escape');
    await ann.page.getByRole('button', { name: 'Details' }).click();
    await expect.poll(() => ann.page.getByLabel('Block').isEnabled()).toBe(true);
    await check(ann, 'details');
    await ann.page.keyboard.press('Escape');
    await ann.page.getByRole('button', { name: 'Search here' }).click();
    await ann.page.getByLabel('Words').fill('hell');
    await ann.page.locator('mark').first().waitFor();
    await check(ann, 'search');
    await ann.page.getByRole('button', { name: 'Close' }).click();
    await ben.page.goto(inject('url'));
    const settings = await ben.openSettings();
    await check(ben, 'settings');
    for (const section of await settings.locator('summary').all()) await section.click();
    await expect.poll(() => ben.page.getByLabel('Be invisible').isEnabled()).toBe(true);
    await check(ben, 'all-settings');
    await ann.page.context().setOffline(true);
    await ann.say('Waiting');
    await ann.message('Waiting', 'Sending').waitFor();
    await check(ann, 'pending');
    expect(found).toEqual([]);
  });

  test('no screen of groups and accounts does either', async () => {
    const ann = await registered('Ann', options);
    const [ben, cleo] = [await registered('Ben', options), await registered('Cleo', options)];
    await cleo.openSettings('Privacy');
    await cleo.page.getByRole('radio', { name: /^Nobody/ }).click();
    await cleo.page.getByRole('button', { name: 'Close' }).click();
    await ann.startGroup('The boat', ben.username, cleo.username);
    await cleo.page.getByRole('heading', { name: 'Invitations' }).waitFor();
    await check(cleo, 'invitation');
    await ann.say('At tne');
    await ann.act('At tne', 'Edit');
    await check(ann, 'edit');
    await ann.field.fill('At ten');
    await ann.field.press('Control+Enter');
    await ann.message('At ten', 'Sent').filter({ hasText: 'edited' }).waitFor();
    await ann.act('At ten', 'Earlier versions');
    await ann.page.getByText('At tne').waitFor();
    await check(ann, 'earlier-versions');
    await ann.page.getByRole('button', { name: 'Close' }).click();
    await ann.page.getByRole('button', { name: 'Details' }).click();
    await ann.page.getByRole('heading', { name: '2 members' }).waitFor();
    await check(ann, 'group');
    await ben.open('The boat');
    await ben.field.fill('Not sent yet');
    await ben.page.goto(inject('url'));
    await ben.page.getByRole('button', { name: 'Log out' }).click();
    await ben.page.getByRole('heading', { name: 'Log out?' }).waitFor();
    await check(ben, 'leaving');
    const guest = await arrive({ ...options, url: `${inject('url')}/#/reset?token=none` });
    await guest.page.getByRole('heading', { name: 'Choose a new password' }).waitFor();
    await check(guest, 'new-password');
    expect(found).toEqual([]);
  });
});
