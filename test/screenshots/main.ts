/**
 * Takes the pictures of the page that the README and the documents show: `npm run screenshots [folder]`. It starts a stack of its own,
 * where some invented friends plan a weekend. The machine needs a font with emoji.
 */
import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { launchBrowser } from '#test/helpers/browser.ts';
import { startStorm } from '#test/helpers/storm.ts';
import { Recording } from './recording.ts';
import { group, play, type Story } from './story.ts';

const folder = process.argv[2] ?? 'docs/screenshots';
const laptop = { width: 1180, height: 760 };
const phone = { width: 390, height: 780 };

mkdirSync(folder, { recursive: true });
await using storm = await startStorm();
const browser = await launchBrowser();
try {
  const story = await play(browser, storm.url, { deviceScaleFactor: 2, viewport: laptop, reducedMotion: 'reduce' });
  await record(story);
  await takeLaptop(story.ann.page);
  await takePhone(story.ann.page);
  await takeSignIn();
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

/** The end of the conversation: somebody writes, Ann answers and reacts. */
async function record({ ann, cleo }: Story): Promise<void> {
  const recording = new Recording(ann.page);
  await recording.show(1_200);
  await cleo.field.pressSequentially('Eleven');
  await ann.page.getByText(/is typing/).waitFor();
  await recording.show(1_200);
  await cleo.say('Eleven is good. Still to do:\n– ask Dan for the blanket\n– cups and napkins');
  await ann.message('Eleven is good. Still to do:\n– ask Dan for the blanket\n– cups and napkins').waitFor();
  await recording.show(1_600);
  await ann.field.focus();
  await recording.type('I’ll take care of the cups 🙌');
  await ann.page.keyboard.press('Enter');
  await ann.message('I’ll take care of the cups 🙌', 'Sent').waitFor();
  await recording.show(900);
  await ann.message('I’ll take care of the cups 🙌', 'Delivered').waitFor();
  await recording.show(900);
  await cleo.act('I’ll take care of the cups 🙌', '❤️');
  await ann.page.getByRole('button', { name: /^❤️ 1, by Cleo/ }).waitFor();
  await recording.show(1_200);
  await cleo.say('Perfect, see you there!');
  await ann.message('Perfect, see you there!').waitFor();
  await recording.show(2_500);
  const file = path.join(folder, 'talking.webp');
  await recording.write(file, 880);
  console.log(`talking.webp: ${Math.round(((await sharp(file).metadata()).size ?? 0) / 1024)} KB`);
}

async function takeLaptop(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  await take(page, 'laptop-light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await take(page, 'laptop-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('button', { name: 'Details' }).click();
  await page.getByText('4 members').waitFor();
  await take(page, 'details');
  await page.keyboard.press('Escape');
}

async function takePhone(page: Page): Promise<void> {
  await page.setViewportSize(phone);
  const thread = await page.screenshot({ animations: 'disabled' });
  await page.getByRole('button', { name: 'Back to the list' }).click();
  await page.getByRole('link', { name: new RegExp(`^${group}`) }).waitFor();
  const list = await page.screenshot({ animations: 'disabled' });
  await write(await sideBySide(list, thread), 'phone');
  await page.setViewportSize(laptop);
}

async function takeSignIn(): Promise<void> {
  const context = await browser.newContext({ deviceScaleFactor: 2, viewport: laptop, locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(storm.url);
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await take(page, 'sign-in');
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
