import type { Page } from 'playwright-core';

/** Keeps the answers about the session and the backend from a page that starts, as a slow server does, until the returned function is called. */
export async function holdAnswers(page: Page): Promise<() => void> {
  const held = Promise.withResolvers<void>();
  await page.route(/\/auth\/refresh|\/config\.json/, async (route) => {
    await held.promise;
    // The page may have been left.
    await route.continue().catch(() => {});
  });
  return held.resolve;
}
