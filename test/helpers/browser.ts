import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

/**
 * A headless Chromium: the npm package's on Linux x64, elsewhere (or with BROWSER=chrome) the Chrome that is installed.
 * Not with the package's own arguments: they put all into one process, where two contexts can't both hold locks, and switch
 * web security off. Without sandbox, as it has to run as root, too, and opens nothing but the page under test.
 */
export async function launchBrowser(): Promise<Browser> {
  const packaged = process.platform === 'linux' && process.arch === 'x64' && process.env['BROWSER'] !== 'chrome';
  if (!packaged) return chromium.launch({ channel: 'chrome' });
  return chromium.launch({
    executablePath: await sparticuz.executablePath(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-software-rasterizer'],
  });
}
