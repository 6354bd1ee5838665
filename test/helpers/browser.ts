import sparticuz from '@sparticuz/chromium';
import { type Browser, type BrowserServer, chromium, type LaunchOptions } from 'playwright-core';

/**
 * Starts a headless Chromium: on Linux x64 that of the npm package, elsewhere or with BROWSER=chrome the installed Chrome. The
 * package's own arguments aren't used, because they turn web security off and run everything in one process, where two contexts
 * can't both hold locks. The sandbox is off, because it doesn't work as root, and the browser opens only the page under test.
 */
async function options(): Promise<LaunchOptions> {
  const packaged = process.platform === 'linux' && process.arch === 'x64' && process.env['BROWSER'] !== 'chrome';
  if (!packaged) return { channel: 'chrome' };
  return {
    executablePath: await sparticuz.executablePath(),
    // A microphone that beeps, and that every page may use: this browser has nowhere to ask.
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-software-rasterizer'],
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
    ],
  };
}

export const launchBrowser = async (): Promise<Browser> => chromium.launch(await options());

/** Starts the same browser as a server to which other processes can connect. */
export const serveBrowser = async (): Promise<BrowserServer> => chromium.launchServer(await options());
