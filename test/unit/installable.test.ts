import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';

const folder = path.join(import.meta.dirname, '..', '..', 'web', 'public');
const Manifest = z.object({
  name: z.string(),
  short_name: z.string().check(z.maxLength(12)),
  start_url: z.literal('/'),
  scope: z.literal('/'),
  display: z.literal('standalone'),
  icons: z.array(z.object({ src: z.string(), sizes: z.string(), type: z.string(), purpose: z.optional(z.string()) })),
});

/** `192x192` of a PNG, as its header says ("Portable Network Graphics", IHDR). */
function sizeOf(file: string): string {
  const bytes = readFileSync(file);
  return `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`;
}

test('Browsers offer to install the page: its manifest has what they ask for, and icons of the sizes that it says', () => {
  const { icons } = Manifest.parse(JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')));
  const pictures = icons.filter(({ type }) => type === 'image/png');
  expect(pictures.map(({ sizes }) => sizes)).toEqual(expect.arrayContaining(['192x192', '512x512']));
  expect(pictures.some(({ purpose }) => purpose === 'maskable')).toBe(true);
  for (const { src, sizes } of pictures) expect(sizeOf(path.join(folder, src))).toBe(sizes);
});
