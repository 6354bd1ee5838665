import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';

/** Compares what the page looks like with pictures that are kept, in a way that forgives how a system draws letters. */

const widths = [360, 768, 1440] as const;
const height = 800;
/** One pixel of a kept picture is the mean of a square of so many pixels: letters are grey lines, and boxes keep their places. */
const scale = 12;
/** A pixel differs if one of its colours does by more than this, of 255. */
const tolerance = 24;
/** The share of pixels that may differ. */
const mostDifferent = 0.02;

const baselines = join(import.meta.dirname, '..', 'fixtures', 'looks');
const renew = process.env['LOOKS'] === 'renew';

/** What differs from one run to the next: the colours of people, whose ids are new; times; usernames. */
const steady = `{
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('[style*="--hue"] { --hue: 268 !important } time, .names small, .own-link, .qr-code { visibility: hidden } * { caret-color: transparent !important }');
  document.adoptedStyleSheets = [sheet];
}`;

/**
 * Takes the page at all widths in both themes, and compares the pictures with the kept ones. Returns what is wrong, in words. With
 * `LOOKS=renew` it keeps what it sees.
 */
export async function differences(page: Page, screen: string): Promise<string[]> {
  await page.evaluate(steady);
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of widths) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height });
      const shot = await page.screenshot({ animations: 'disabled' });
      const difference = await compare(shot, `${screen}-${width}-${colorScheme}`);
      if (difference !== undefined) found.push(difference);
    }
  return found;
}

async function compare(shot: Buffer, name: string): Promise<string | undefined> {
  const file = join(baselines, `${name}.webp`);
  const small = sharp(shot)
    .removeAlpha()
    .resize({ width: Math.round((await sharp(shot).metadata()).width / scale), kernel: 'linear' });
  if (renew) {
    mkdirSync(baselines, { recursive: true });
    await small.webp({ quality: 85, effort: 6 }).toFile(file);
    return undefined;
  }
  if (!existsSync(file)) return `${name} is new: ${howToRenew}`;
  const [seen, kept] = await Promise.all([
    small.raw().toBuffer({ resolveWithObject: true }),
    sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true }),
  ]);
  if (seen.info.width !== kept.info.width || seen.info.height !== kept.info.height) return `${name} has another size`;
  let different = 0;
  for (let i = 0; i < seen.data.length; i += 3)
    if ([0, 1, 2].some((c) => Math.abs((seen.data[i + c] ?? 0) - (kept.data[i + c] ?? 0)) > tolerance)) different += 1;
  const share = different / (seen.data.length / 3);
  if (share <= mostDifferent) return undefined;
  const folder = process.env['SCREENSHOTS'];
  if (folder) await sharp(shot).toFile(join(folder, `${name}.png`));
  return `${name} differs in ${Math.round(share * 100)} % of its area: ${howToRenew}`;
}

const howToRenew =
  'look at it (SCREENSHOTS=folder keeps what was seen). If it is meant, keep it: LOOKS=renew npx vitest run test/e2e/looks.slow.test.ts';
