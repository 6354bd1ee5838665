import { expect, inject, test } from 'vitest';
import { picture } from '#test/helpers/files.ts';
import { unreachable } from '#test/helpers/reachable.ts';
import { newUsername } from '#test/helpers/sign-up.ts';
import { type Person, useVisitors } from '#test/helpers/visitors.ts';

const { arrive, pair, registered } = useVisitors();

/** A small phone, whose owner has set their browser to text of twice the size. */
async function withLargeText(person: Pick<Person, 'page'>): Promise<void> {
  const tools = await person.page.context().newCDPSession(person.page);
  await tools.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
}
const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

test('With text of 200 % on a small phone all can be read and reached', async () => {
  const maya = await arrive(phone);
  const tom = await registered('Tom');
  const { page } = maya;
  await withLargeText(maya);
  const found: string[] = [];
  const check = async (screen: string) => {
    found.push(...(await unreachable(page, `large-text-${screen}`)));
  };
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await check('log-in');
  await page.getByRole('button', { name: 'Create an account' }).click();
  await check('register');
  await page.reload();
  await maya.register('Maya-Alexandra of the far harbour', newUsername('Maya'));
  await page.getByText('Nobody here yet').waitFor();
  await check('empty');
  await page.getByRole('button', { name: 'New conversation' }).click();
  await page.getByLabel('Find people by name or username').fill(tom.username);
  await page.getByRole('button', { name: `@${tom.username}` }).waitFor();
  await check('new-conversation');
  await maya.choose(tom.username);
  await page.getByRole('heading', { name: 'Tom' }).waitFor();
  await tom.open('Maya');
  await maya.say('Good morning! Is the boat ready, and are the oars?');
  await tom.act('Good morning! Is the boat ready, and are the oars?', 'Reply');
  await tom.say('Nearly');
  await tom.attach('harbour.png', 'image/png', await picture(800, 600).png().toBuffer());
  await tom.attached('harbour.png');
  await tom.say('The harbour');
  await maya.message('The harbour').locator('.tile img').waitFor();
  await tom.act('The harbour', '👍');
  await page.getByRole('button', { name: /^👍 1/ }).waitFor();
  await maya.attach('harbour.png', 'image/png', await picture(800, 600).png().toBuffer());
  await maya.attached('harbour.png');
  await maya.act('The harbour', 'Reply');
  // Icons and what is switched are as large as the words beside them.
  const heights = (selector: string) =>
    page.locator(selector).evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().height)));
  expect((await heights('.meta .icon')).at(-1)).toBe(32);
  await check('conversation');
  await maya.act('Good morning! Is the boat ready, and are the oars?');
  await check('menu');
  await maya.menu.getByRole('button', { name: 'Forward' }).click();
  await page.getByLabel('Find a conversation').waitFor();
  await check('forward');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Open the picture' }).click();
  await page.getByRole('img', { name: 'As it was sent' }).waitFor();
  await check('picture');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Details' }).click();
  await expect.poll(() => page.getByLabel('Block').isEnabled()).toBe(true);
  await check('details');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Search here' }).click();
  await page.getByLabel('Words').fill('harb');
  await page.locator('mark').first().waitFor();
  await check('search');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.goto(inject('url'));
  await maya.startGroup('The boat and all who sail in her', tom.username);
  await maya.openDetails();
  await page.getByRole('heading', { name: '2 members' }).waitFor();
  await check('group');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Back to the list' }).click();
  await maya.entry('The boat').waitFor();
  await check('list');
  await maya.openSettings('Privacy');
  await expect.poll(() => page.getByLabel('Be invisible').isEnabled()).toBe(true);
  expect(Math.min(...(await heights('.switch input')))).toBeGreaterThanOrEqual(40);
  await check('settings');
  expect(found).toEqual([]);
});

test('With text of 200 % on a small phone, files that can’t be sent leave a third of the screen to the conversation', async () => {
  const { maya } = await pair(phone);
  await withLargeText(maya);
  for (const name of ['notes.txt', 'more.txt', 'letters.txt'])
    await maya.attach(name, 'text/plain', Buffer.from('letters'));
  await maya.page.getByRole('alert').filter({ hasText: 'letters.txt' }).waitFor();
  const share = () => maya.page.locator('.scroller').evaluate((thread) => thread.clientHeight / innerHeight);
  await expect.poll(share).toBeGreaterThan(1 / 3);
});
