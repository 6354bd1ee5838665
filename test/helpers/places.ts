import type { Page } from 'playwright-core';

/**
 * Pages that were left, and are empty. One that has shown our page opens it again with 60 % of the work of a new one: its process runs, and
 * files and compiled scripts are at hand. All test files of a worker share them.
 */
const left: Page[] = [];

/** Pages that were changed in a way that can't be taken back. */
const changed = new WeakSet<Page>();

export const takePage = (): Page | undefined => left.pop();

/** Notes from now on what can't be taken back, of a page that is to be left. */
export function watchChanges(page: Page): void {
  changed.delete(page);
  for (const [owner, method] of [
    [page, 'addInitScript'],
    [page.context(), 'grantPermissions'],
    [page.context(), 'newCDPSession'],
  ] as const) {
    const original: (...args: unknown[]) => unknown = Object.getPrototypeOf(owner)[method];
    Object.assign(owner, {
      [method](...args: unknown[]) {
        changed.add(page);
        return original.apply(this, args);
      },
    });
  }
}

const empty = `(async () => {
  localStorage.clear();
  sessionStorage.clear();
  for (const name of await caches.keys()) await caches.delete(name);
  for (const { name } of await indexedDB.databases())
    await new Promise((resolve, reject) => Object.assign(indexedDB.deleteDatabase(name), { onsuccess: resolve, onerror: reject }));
})()`;

/** Leaves a page to the next person, with nothing of the last one, or closes it with its context. */
export async function leavePage(
  page: Page,
  origin: string,
  viewport: { width: number; height: number },
): Promise<void> {
  const context = page.context();
  if (changed.has(page) || page.isClosed()) return context.close();
  for (const other of context.pages()) if (other !== page) await other.close();
  for (const event of ['console', 'dialog', 'weberror'] as const) context.removeAllListeners(event);
  for (const event of ['dialog', 'websocket'] as const) page.removeAllListeners(event);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await context.setOffline(false);
  await page.setViewportSize(viewport);
  await page.emulateMedia({ media: null, colorScheme: 'light', reducedMotion: 'no-preference', forcedColors: 'none' });
  // A file of the same origin keeps the process.
  await page.goto(`${origin}/third-party-font.txt`);
  await page.evaluate(empty);
  await context.clearCookies();
  left.push(page);
}
