import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';

/** The most that a page with an open conversation may load before it works, compressed and with its font, in bytes. */
export const firstLoadBudget = 80 * 1024;

/**
 * What the page loads before it works, in bytes, as it is compressed on its way: the document of a built page, and the scripts, styles and
 * fonts that it names, which are all that its first script needs. What the page loads by itself once it is shown isn't in it, nor are
 * the icon and the manifest, which the browser fetches for itself.
 * @throws if the document names no script
 */
export function firstLoadBytes(pageDir: string): number {
  const html = readFileSync(path.join(pageDir, 'index.html'), 'utf8');
  const links = html.match(/<(?:script|link)\b[^>]*>/g) ?? [];
  const files = links.flatMap((link) => {
    const [, rel] = /\brel="([^"]*)"/.exec(link) ?? [];
    const [, file] = /\b(?:src|href)="\/([^"]*)"/.exec(link) ?? [];
    return file !== undefined && (rel === undefined || /^(?:stylesheet|preload|modulepreload)$/.test(rel)) ? file : [];
  });
  if (!files.some((file) => file.startsWith('assets/') && file.endsWith('.js')))
    throw new Error('The page has no script.');
  const sizes = files.map((file) => {
    const content = readFileSync(path.join(pageDir, file));
    // The font is compressed in itself.
    return file.endsWith('.woff2') ? content.length : gzipSync(content, { level: 9 }).length;
  });
  return sizes.reduce((sum, size) => sum + size, gzipSync(html, { level: 9 }).length);
}
