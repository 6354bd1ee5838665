import type { Browser, Page } from 'playwright-core';
import { landscape } from '#test/helpers/drawings.ts';
import { password, Visitor } from '#test/helpers/visitor.ts';
import type { Target } from '#test/smoke/person.ts';
import type { Camera } from './camera.ts';
import { longWord } from './crowd.ts';
import { Friend } from './friend.ts';

/** Sixty letters without a space, from left to right and from right to left, and what isn't letters. */
const unbroken = 'Taumatawhakatangihangakoauauotamateapokaiwhenuakitanatahuxyz';
const rightToLeft = 'عبدالرحمنالعبدالعزيزالمنصوريالشريفالحسينيالهاشميالقرشي';
const emoji = '🦊🏳️‍🌈👩‍👩‍👧‍👦 Fox, flags and family 🎉';

/** Screens with names, numbers and sizes as large as may be, those on which there is nothing, and those on which something fails. */
export async function extremes(take: Camera['take'], browser: Browser, target: Target, url: string): Promise<void> {
  const zoe = await Friend.arrive(target, unbroken, 'zoe');
  const others = await Promise.all(
    [unbroken.slice(1), rightToLeft, emoji, 'Ola'].map((name, i) => Friend.arrive(target, name, `extreme${i}`)),
  );
  const [left, right, fox, ola] = others;
  if (!left || !right || !fox || !ola) return;
  for (const friend of [ola, fox, right, left]) await friend.say(await friend.begin([zoe]), longWord);
  const group = await right.begin([zoe, left, fox], unbroken + rightToLeft.slice(0, 40));
  await right.say(group, 'أراكم غداً عند البوابة');
  await left.say(group, 'Yes');
  await fox.say(group, '🎉');
  await ola.begin([zoe], 'A group without a message');

  const visitor = await Visitor.arrive(browser, url, { viewport: { width: 1440, height: 800 } });
  const { page } = visitor;
  await manyUnread(page);
  await visitor.logIn('zoe', password);
  await visitor.entry(unbroken.slice(1)).waitFor();
  await take(visitor, 'extreme-list');
  await visitor.open(unbroken + rightToLeft.slice(0, 5));
  await take(visitor, 'extreme-thread');
  await visitor.openDetails();
  await take(visitor, 'extreme-details');
  await page.keyboard.press('Escape');
  await visitor.openSettings('Profile');
  await page.getByLabel('About you').waitFor();
  await take(visitor, 'extreme-profile');
  await page.keyboard.press('Escape');

  await visitor.open('A group without a message');
  await take(visitor, 'nothing-said');
  await page.getByRole('button', { name: 'Search here' }).click();
  await page.getByLabel('Words').fill('nowhere');
  await page.getByText('No message has all these words.').waitFor();
  await take(visitor, 'nothing-found');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.goto(`${url}/#/`);
  await page.getByRole('button', { name: 'New conversation' }).click();
  await page.getByLabel('Find people by name or username').fill('nobody-at-all');
  await page.waitForTimeout(1_000);
  await take(visitor, 'nobody-found');
  await page.getByRole('button', { name: 'Close' }).click();

  await page.route(/\/uploads\//, (route) => route.abort());
  await visitor.open('Ola');
  await visitor.attach('lake.jpg', 'image/jpeg', await landscape('lake'));
  await visitor.attach('notes.txt', 'text/plain', Buffer.from('notes'));
  await page.locator('.attachment.failed').nth(1).waitFor();
  await take(visitor, 'failed-uploads');
  await page.goto(`${url}/#/`);
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'Log out?' }).waitFor();
  await take(visitor, 'leaving');
  await page.keyboard.press('Escape');

  await largeText(visitor);
  await take(visitor, 'large-list');
  await visitor.open('Ola');
  await take(visitor, 'large-thread');
  await visitor.openDetails();
  await take(visitor, 'large-details');
  await page.keyboard.press('Escape');
  // With large text there is one column, as on a phone.
  await page.goto(`${url}/#/`);
  await visitor.openSettings('Privacy');
  await take(visitor, 'large-settings');
  await page.context().close();

  const lost = await Visitor.arrive(browser, url);
  await lost.page.route('**/config.json', (route) => route.abort());
  await lost.page.reload();
  await lost.page.getByRole('button', { name: 'Try again' }).waitFor();
  await take(lost, 'unreachable');
  await lost.page.context().close();
  for (const friend of [zoe, ...others]) friend.chat.close();
}

/** Lets conversations have thousands of unread messages, which would take minutes to write. */
async function manyUnread(page: Page): Promise<void> {
  await page.route('**/sync', async (route) => {
    const response = await route.fetch();
    const sync: { added?: { unread: number }[] } = await response.json();
    const unread = (sync.added ?? []).filter((one) => one.unread > 0);
    for (const [i, one] of unread.entries()) one.unread = i === 0 ? 10_000 : 1_234;
    await route.fulfill({ response, json: sync });
  });
}

/** What somebody sees who has set their browser to text of twice the size. */
async function largeText({ page }: Visitor): Promise<void> {
  const tools = await page.context().newCDPSession(page);
  await tools.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
}
