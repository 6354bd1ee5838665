import * as path from 'node:path';
import type { Visitor } from '#test/helpers/visitor.ts';

const widths = [360, 768, 1440];

/** Takes screens of the page into a folder, at three widths in both themes. */
export class Camera {
  readonly #folder: string;
  /** A part of the names of those screens that are taken. */
  readonly #only: string;

  constructor(folder: string, only: string) {
    this.#folder = folder;
    this.#only = only;
  }

  /** Takes what is on screen. Who opens something that closes when the window changes opens it in `prepare`, for each width anew. */
  async take({ page }: Visitor, name: string, prepare?: () => Promise<unknown>): Promise<void> {
    if (!name.includes(this.#only)) return;
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 });
      await prepare?.();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        // What follows the width comes with the next frames.
        await page.waitForTimeout(200);
        const file = `${name}-${String(width).padStart(4, '0')}-${colorScheme}.png`;
        await page.screenshot({ path: path.join(this.#folder, file), animations: 'disabled' });
      }
    }
    await page.setViewportSize({ width: 1440, height: 800 });
    console.log(name);
  }
}
