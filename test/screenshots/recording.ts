import type { Page } from 'playwright-core';
import sharp from 'sharp';

interface Frame {
  readonly picture: Buffer;
  /** For how long it is shown, in ms. */
  delay: number;
}

/** A film of a page: frames that are taken when something has happened, and are shown for as long as it takes to read them. */
export class Recording {
  readonly #page: Page;
  readonly #frames: Frame[] = [];

  constructor(page: Page) {
    this.#page = page;
  }

  /** Shows what the page shows now for so many ms. */
  async show(delay: number): Promise<void> {
    const picture = await this.#page.screenshot({ animations: 'disabled', caret: 'initial' });
    const last = this.#frames.at(-1);
    if (last?.picture.equals(picture)) last.delay += delay;
    else this.#frames.push({ picture, delay });
  }

  /** Types a text as a person does. */
  async type(text: string): Promise<void> {
    for (const part of text.match(/.{1,3}/gsu) ?? []) {
      await this.#page.keyboard.type(part);
      await this.show(140);
    }
  }

  /** Writes an animated WebP that begins anew at its end. */
  async write(file: string, width: number): Promise<void> {
    const pictures = await Promise.all(
      this.#frames.map(({ picture }) => sharp(picture).resize({ width }).png().toBuffer()),
    );
    await sharp(pictures, { join: { animated: true } })
      .webp({
        quality: 70,
        effort: 6,
        minSize: true,
        mixed: true,
        loop: 0,
        delay: this.#frames.map(({ delay }) => delay),
      })
      .toFile(file);
  }
}
