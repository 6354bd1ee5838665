/**
 * Takes every screen of the page, at three widths in both themes, to look at: `npm run screens <folder> [part of a name]`. It starts a
 * stack of its own. What is shown is what breaks a layout: long names, words without a space, failures, much of everything.
 */
import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import { launchBrowser } from '#test/helpers/browser.ts';
import { landscape } from '#test/helpers/drawings.ts';

import { startStorm } from '#test/helpers/storm.ts';
import { password, Visitor } from '#test/helpers/visitor.ts';
import { findTarget } from '#test/smoke/person.ts';
import { Friend } from './friend.ts';

const [folder = '', only = ''] = process.argv.slice(2);
if (folder === '') throw new Error('Name a folder for the pictures.');
mkdirSync(folder, { recursive: true });

const widths = [360, 768, 1440];
const longName = 'Wolfeschlegelsteinhausenbergerdorff-Maximiliana von und zu';
const longWord = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(2);

await using storm = await startStorm();
const browser = await launchBrowser();
const target = await findTarget(storm.url);
try {
  await signedOut();
  await newcomer();
  await everything();
} finally {
  await browser.close();
}

/** Takes what is on screen. Who opens something that closes when the window changes opens it in `prepare`, for each width anew. */
async function take({ page }: Visitor, name: string, prepare?: () => Promise<unknown>): Promise<void> {
  if (!name.includes(only)) return;
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    await prepare?.();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // What follows the width comes with the next frames.
      await page.waitForTimeout(200);
      const file = `${name}-${String(width).padStart(4, '0')}-${colorScheme}.png`;
      await page.screenshot({ path: path.join(folder, file), animations: 'disabled' });
    }
  }
  await page.setViewportSize({ width: 1440, height: 800 });
  console.log(name);
}

async function signedOut(): Promise<void> {
  const guest = await Visitor.arrive(browser, storm.url);
  const { page } = guest;
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await guest.logIn('nobody', 'wrong password');
  await page.getByText('is wrong').waitFor();
  await take(guest, 'log-in');
  await page.getByRole('button', { name: 'Forgot your password?' }).click();
  await take(guest, 'forgot-password');
  await page.goto(`${storm.url}/#/reset?token=none`);
  await page.getByLabel('New password').fill(password);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('isn’t valid').waitFor();
  await take(guest, 'expired-link');
  await page.goto(storm.url);
  await page.getByRole('button', { name: 'Create an account' }).click();
  await take(guest, 'register');
  await page.context().close();
}

async function newcomer(): Promise<void> {
  const nora = await Visitor.arrive(browser, storm.url);
  await nora.register('Nora', 'nora');
  await nora.page.getByText('Nobody here yet').waitFor();
  await take(nora, 'empty');
  await nora.openSettings();
  await take(nora, 'settings');
  for (const section of await nora.page.locator('summary h3').allTextContents()) {
    await nora.page.getByRole('heading', { name: section, exact: true }).click();
    await nora.page.waitForTimeout(500);
    await take(nora, `settings-${section.toLowerCase().replaceAll(' ', '-')}`, () =>
      nora.page.getByRole('heading', { name: section, exact: true }).scrollIntoViewIfNeeded(),
    );
    await nora.page.getByRole('heading', { name: section, exact: true }).click();
  }
  await nora.page.context().close();
}

async function everything(): Promise<void> {
  const friends = await befriend();
  const ann = await Visitor.arrive(browser, storm.url, { viewport: { width: 1440, height: 800 } });
  const { page } = ann;
  const back = () => page.goto(`${storm.url}/#/`);
  await ann.logIn('ann', password);
  await ann.entry('Ben').waitFor();
  await take(ann, 'list');
  await ann.open('The boat');
  await page.locator('.tile img').first().waitFor();
  await take(ann, 'thread');
  await ann.openDetails();
  await take(ann, 'details-of-a-group');
  await page.keyboard.press('Escape');
  await take(ann, 'menu', async () => {
    await ann.page.keyboard.press('Escape');
    await ann.act('And chairs, if somebody helps me carry them');
  });
  await page.keyboard.press('Escape');
  await take(ann, 'emoji', async () => {
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Emoji' }).click();
    await page.getByRole('dialog').locator('.emoji-grid button').first().waitFor();
  });
  await page.keyboard.press('Escape');
  await page.locator('.tile').first().click();
  await page.getByRole('img', { name: 'As it was sent' }).waitFor();
  await take(ann, 'viewer');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Search here' }).click();
  await page.getByLabel('Words').fill('the');
  await page.locator('mark').first().waitFor();
  await take(ann, 'search');
  await page.locator('[role=dialog] mark, dialog mark').first().click();
  await take(ann, 'hits');
  await page.reload();
  await ann.message('The end').waitFor();
  // What listens to the keys is loaded after the rest.
  await page.waitForTimeout(1_000);
  await page.keyboard.press('Control+k');
  await page.getByRole('searchbox').fill('b');
  await take(ann, 'switch');
  await page.getByRole('button', { name: 'Close' }).click();
  await ann.act('And chairs, if somebody helps me carry them', 'Reply');
  await ann.field.fill(`Half a thought that is rather long, ${longWord}`);
  await ann.attach('lake.jpg', 'image/jpeg', await landscape('lake'));
  await ann.attach('notes.txt', 'text/plain', Buffer.from('notes'));
  await ann.attached('lake.jpg');
  await take(ann, 'writing');
  await back();
  await page.getByRole('button', { name: 'New conversation' }).click();
  await page.getByText('Send them your link').click();
  await take(ann, 'new-conversation');
  await page.getByRole('button', { name: 'New group' }).click();
  await ann.choose('ben0');
  await take(ann, 'new-group');
  await page.keyboard.press('Escape');
  await ann.open('Cleo');
  await ann.openDetails();
  await page.getByRole('dialog', { name: 'Details' }).getByLabel('Block').check();
  await page.getByText('You have blocked').waitFor();
  await take(ann, 'details-blocked');
  await page.getByRole('button', { name: 'Close' }).click();
  await take(ann, 'blocked');
  await ann.open('Dora');
  await ann.say('Can you hear me?');
  await page.getByText('Not sent.').waitFor();
  await take(ann, 'not-sent');
  await page.context().setOffline(true);
  await page
    .getByRole('status')
    .filter({ hasText: /connect|offline/i })
    .first()
    .waitFor();
  await ann.say('This waits for the network');
  await take(ann, 'offline');
  for (const friend of friends) friend.chat.close();
}

/** Ann's friends, and what they have said to her. */
async function befriend(): Promise<Friend[]> {
  const arrive = (name: string, username: string) => Friend.arrive(target, name, username);
  const ann = await arrive('Ann', 'ann');
  const [ben, cleo, dora, max] = await Promise.all([
    arrive('Ben', 'ben0'),
    arrive('Cleo', 'cleo'),
    arrive('Dora', 'dora'),
    arrive(longName, 'max'),
  ]);
  const others = await Promise.all(
    ['Emil', 'Farid Haddad', 'Greta', 'Hana', 'مريم الحسن', '🦊 Ivo', 'Jun', 'Kim'].map((name, i) =>
      arrive(name, `other${i}`),
    ),
  );
  const boat = await ann.begin([ben, cleo, max, ...others], 'The boat');
  await ben.say(boat, 'Morning, all! Who brings what?');
  await cleo.say(boat, 'I’ll bring the lemonade and a cake');
  const chairs = await cleo.say(boat, 'And chairs, if somebody helps me carry them');
  await ann.react(boat, chairs, '❤️');
  await ben.react(boat, chairs, '❤️');
  await max.react(boat, chairs, '🔥');
  await max.say(boat, longWord);
  await ann.say(boat, `So long? https://example.org/${'path/'.repeat(30)}`);
  const scenes = [await landscape('lake'), await landscape('meadow'), await landscape('evening')];
  await ben.say(boat, 'One', { pictures: scenes.slice(0, 1) });
  await ann.say(boat, 'Two of them, and words that need more than a single line below the pictures', {
    pictures: scenes.slice(0, 2),
  });
  await cleo.say(boat, '', { pictures: scenes });
  await ben.say(boat, 'Six', { pictures: [...scenes, ...scenes] });
  await ann.say(boat, 'I answer to that', { replyTo: chairs });
  await others[4]?.say(boat, 'أراكم غداً عند البوابة');
  await ann.say(boat, '🎉🎉');
  await ben.say(boat, 'The end');

  const noisy = await max.begin([ann]);
  for (let i = 0; i < 110; i++) await max.say(noisy, `${i} ${longWord}`);
  const withCleo = await cleo.begin([ann]);
  await cleo.say(withCleo, 'Hello');
  const withDora = await dora.begin([ann]);
  await dora.say(withDora, 'Goodbye');
  await ann.say(withDora, 'Why?');
  await dora.chat.api.block(ann.id);
  const withBen = await ben.begin([ann]);
  await ben.say(withBen, 'See you');
  await ann.say(withBen, 'Yes!');
  await ben.read(withBen, 2);
  const friends = [ann, ben, cleo, dora, max, ...others];
  await ann.chat.api.updateSettings({ whoMayAdd: 'nobody' });
  await others[0]?.chat.createConversation({ type: 'group', name: `Friends of ${longName}`, memberIds: [ann.id] });
  await ann.chat.api.updateSettings({ whoMayAdd: 'everyone' });
  return friends;
}
