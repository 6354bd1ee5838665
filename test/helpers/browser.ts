import sparticuz from '@sparticuz/chromium';
import { type Browser, type BrowserServer, chromium, type LaunchOptions } from 'playwright-core';

/**
 * A headless Chromium: the npm package's on Linux x64, elsewhere (or with BROWSER=chrome) the Chrome that is installed.
 * Not with the package's own arguments: they put all into one process, where two contexts can't both hold locks, and switch
 * web security off. Without sandbox, as it has to run as root, too, and opens nothing but the page under test.
 */
async function options(): Promise<LaunchOptions> {
  const packaged = process.platform === 'linux' && process.arch === 'x64' && process.env['BROWSER'] !== 'chrome';
  if (!packaged) return { channel: 'chrome' };
  return {
    executablePath: await sparticuz.executablePath(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-software-rasterizer'],
  };
}

export const launchBrowser = async (): Promise<Browser> => chromium.launch(await options());

/** The same, for other processes to connect to. */
export const serveBrowser = async (): Promise<BrowserServer> => chromium.launchServer(await options());
