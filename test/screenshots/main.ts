/**
 * Takes the pictures of the page that the README and the documents show: `npm run screenshots [folder]`. It starts a stack of its own,
 * where some invented friends plan a weekend. The machine needs a font with emoji.
 */
import { mkdirSync, statSync } from 'node:fs';
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { launchBrowser } from '#test/helpers/browser.ts';
import { startStorm } from '#test/helpers/storm.ts';
import { password, Visitor } from '#test/helpers/visitor.ts';
import { Recording } from './recording.ts';
import { group, play, type Story } from './story.ts';

const folder = process.argv[2] ?? 'docs/screenshots';
const laptop = { width: 1180, height: 760 };
const phone = { width: 390, height: 780 };

mkdirSync(folder, { recursive: true });
await using storm = await startStorm();
const browser = await launchBrowser();
try {
  const story = await play(storm.url);
  const surroundings = { deviceScaleFactor: 2, viewport: laptop, reducedMotion: 'reduce' } as const;
  const ann = await Visitor.arrive(browser, storm.url, surroundings);
  await ann.page.getByRole('heading', { name: 'Log in' }).waitFor();
  await take(ann.page, 'sign-in');
  await ann.logIn('ann', password);
  await ann.open(group);
  await ann.page.locator('.tile img').nth(2).waitFor();
  await record(ann, story);
  await takePhone(ann);
  await takeLaptop(ann);
  // Otherwise they try to connect for ever.
  for (const friend of story.everybody) friend.chat.close();
} finally {
  await browser.close();
}

async function take(page: Page, name: string): Promise<void> {
  const picture = await page.screenshot({ animations: 'disabled', caret: 'initial' });
  await write(picture, name);
}

/** Small files of pictures that are looked at from near: the pixels of a dense screen forgive what a low quality takes away. */
async function write(picture: Buffer, name: string): Promise<void> {
  const { size } = await sharp(picture)
    .webp({ quality: 76, effort: 6, smartSubsample: true })
    .toFile(path.join(folder, `${name}.webp`));
  console.log(`${name}.webp: ${Math.round(size / 1024)} KB`);
}

/** The end of the conversation: somebody writes, Ann answers, and all have read it. */
async function record(ann: Visitor, { cleo, others, lake }: Story): Promise<void> {
  const { page, field } = ann;
  const recording = new Recording(page);
  await recording.show(1_200);
  cleo.chat.typing(lake);
  await page
    .getByText(/is typing/)
    .first()
    .waitFor();
  await recording.show(1_200);
  const list = 'Eleven is good. Still to do:\n– ask Emi for the blanket\n– cups and napkins';
  await cleo.say(lake, list);
  await ann.message(list).waitFor();
  await recording.show(1_800);
  await field.focus();
  const answer = 'I’ll take care of the cups 🙌';
  await recording.type(answer);
  await page.keyboard.press('Enter');
  await ann.message(answer, 'Sent').waitFor();
  await recording.show(700);
  const seq = cleo.in(lake)?.lastMessage?.seq ?? 0;
  for (const friend of others) await friend.read(lake, seq);
  await ann.message(answer, 'Read').waitFor();
  await recording.show(1_000);
  await cleo.react(lake, seq, '❤️');
  await page.getByRole('button', { name: /^❤️ 1, by Cleo/ }).waitFor();
  await recording.show(1_200);
  await cleo.say(lake, 'Perfect, see you there!');
  await ann.message('Perfect, see you there!').waitFor();
  await recording.show(2_500);
  const file = path.join(folder, 'talking.webp');
  await recording.write(file, 880);
  console.log(`talking.webp: ${Math.round(statSync(file).size / 1024)} KB`);
}

async function takeLaptop({ page }: Visitor): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await take(page, `laptop-${colorScheme}`);
  }
  await page.getByRole('button', { name: 'Details' }).click();
  await page.getByRole('heading', { name: '4 members' }).waitFor();
  await take(page, 'details');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Search here' }).click();
  await page.getByRole('searchbox').fill('the');
  await page.locator('mark').first().waitFor();
  await take(page, 'search');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.locator('.tile').first().click();
  await page.getByRole('img', { name: 'As it was sent' }).waitFor();
  await take(page, 'viewer');
  await page.keyboard.press('Escape');
}

async function takePhone(ann: Visitor): Promise<void> {
  const { page } = ann;
  await page.setViewportSize(phone);
  await page.getByRole('button', { name: 'Back to the list' }).click();
  await ann.entry(group).waitFor();
  const list = await page.screenshot({ animations: 'disabled' });
  await ann.open(group);
  await ann.message('Perfect, see you there!').waitFor();
  const thread = await page.screenshot({ animations: 'disabled' });
  await write(await sideBySide(list, thread), 'phone');
  await page.setViewportSize(laptop);
}

/** Two pictures of one size, with a gap between them that shows the ground of the document. */
async function sideBySide(left: Buffer, right: Buffer): Promise<Buffer> {
  const { width, height } = await sharp(left).metadata();
  const gap = 48;
  return sharp({ create: { width: 2 * width + gap, height, channels: 4, background: '#0000' } })
    .composite([
      { input: left, left: 0, top: 0 },
      { input: right, left: width + gap, top: 0 },
    ])
    .png()
    .toBuffer();
}
