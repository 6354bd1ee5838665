import { expect, test } from 'vitest';
import { useVisitors } from '#test/helpers/visitors.ts';

const { registered } = useVisitors();

const ground = 'getComputedStyle(document.documentElement).backgroundColor';

test('The chosen theme is there before the first paint, in all tabs, until the device decides again', async () => {
  const ann = await registered('Ann', { colorScheme: 'light' });
  const light = await ann.page.evaluate(ground);
  await ann.openSettings('Appearance and language');
  await ann.page.getByLabel('Appearance').selectOption('Dark');
  const dark = await ann.page.evaluate(ground);
  expect(dark).not.toBe(light);

  const other = await ann.another();
  // The page's own script comes late, so all that is there is what the document brings.
  await other.page.route('**/assets/*.js', () => undefined);
  await other.page.goto(new URL('/', ann.page.url()).href, { waitUntil: 'commit' });
  await expect.poll(() => other.page.evaluate(ground)).toBe(dark);
  expect(await other.page.locator('meta[name=theme-color][media=all]').getAttribute('content')).toBe('#11141a');

  await ann.page.getByLabel('Appearance').selectOption('As my device');
  expect(await ann.page.evaluate(ground)).toBe(light);
  await expect.poll(() => other.page.evaluate(ground)).toBe(light);
  await ann.page.emulateMedia({ colorScheme: 'dark' });
  expect(await ann.page.evaluate(ground)).toBe(dark);
  expect([...ann.complaints, ...other.complaints]).toEqual([]);
});
