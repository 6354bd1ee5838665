/**
 * Takes every screen of the page, at three widths in both themes, to look at: `npm run screens <folder> [part of a name]`. It starts a
 * stack of its own. What is shown is what breaks a layout: long names, words without a space, failures, much of everything.
 */
import { mkdirSync } from 'node:fs';
import { launchBrowser } from '#test/helpers/browser.ts';
import { landscape } from '#test/helpers/drawings.ts';
import { startStorm } from '#test/helpers/storm.ts';
import { password, Visitor } from '#test/helpers/visitor.ts';
import { findTarget } from '#test/smoke/person.ts';
import { Camera } from './camera.ts';
import { befriend, longWord } from './crowd.ts';
import { extremes } from './extremes.ts';

const [folder = '', only = ''] = process.argv.slice(2);
if (folder === '') throw new Error('Name a folder for the pictures.');
mkdirSync(folder, { recursive: true });

const camera = new Camera(folder, only);
const take: Camera['take'] = (...what) => camera.take(...what);

await using storm = await startStorm();
const browser = await launchBrowser();
const target = await findTarget(storm.url);
try {
  await signedOut();
  await newcomer();
  await everything();
  await extremes(take, browser, target, storm.url);
} finally {
  await browser.close();
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
  const friends = await befriend(target);
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
