import { expect, inject, test } from 'vitest';
import { sendByProgram } from '#test/helpers/program.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { pair } = useVisitors();

test('Scrolling back loads what is older, and the text stays where it is', async () => {
  const { maya } = await pair();
  const lines = Array.from({ length: 120 }, (_, index) => `line ${index}`);
  await sendByProgram(maya, lines);
  await maya.page.reload();
  await maya.message('line 119').waitFor();
  expect(await maya.texts()).toHaveLength(50);
  const first = maya.message('line 70');
  await first.scrollIntoViewIfNeeded();
  await maya.message('line 20').waitFor({ state: 'attached' });
  expect(await first.isVisible()).toBe(true);
  const top = async () => (await first.boundingBox())?.y ?? Number.NaN;
  expect(await top()).toBeGreaterThan(0);
  expect(await top()).toBeLessThan(800);
  await maya.message('line 21').scrollIntoViewIfNeeded();
  await maya.page.getByText('This is where it began').waitFor();
  expect(await maya.texts()).toEqual(lines);
});

test('A search leads to a message far back, and the way on from there leads to the newest', async () => {
  const { maya, tom } = await pair();
  const lines = Array.from({ length: 110 }, (_, index) => `line ${index}`);
  await sendByProgram(maya, ['The lemonade is in the cellar', ...lines]);
  await tom.page.goto(inject('url'));
  await tom.page.getByRole('button', { name: 'Search all messages' }).click();
  await tom.page.getByLabel('Words').fill('lemon cellar');
  await tom.page.getByRole('button', { name: 'The lemonade is in the cellar' }).click();
  await tom.page.locator('.message:focus').filter({ hasText: 'The lemonade is in the cellar' }).waitFor();
  expect(await tom.texts()).toHaveLength(51);
  await tom.page.getByRole('button', { name: 'Newer messages' }).click();
  await tom.message('line 109').waitFor();
  expect(await tom.texts()).toEqual(['The lemonade is in the cellar', ...lines]);
  await tom.page.getByRole('button', { name: 'To the latest message' }).click();
  await expect.poll(async () => (await tom.texts()).length).toBe(50);
});
