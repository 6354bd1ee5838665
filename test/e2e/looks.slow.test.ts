import { expect, inject, test } from 'vitest';
import { landscape } from '#test/helpers/drawings.ts';
import { differences } from '#test/helpers/looks.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { arrive, pair, registered } = useVisitors();

test('Signing in looks as it did', async () => {
  const { page } = await arrive();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  const found = await differences(page, 'log-in');
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByLabel('Your name').waitFor();
  found.push(...(await differences(page, 'register')));
  expect(found).toEqual([]);
});

test('The page of somebody who is new looks as it did', async () => {
  const nora = await registered('Nora');
  const { page } = nora;
  await page.getByText('Nobody here yet').waitFor();
  const found = await differences(page, 'empty');
  await nora.openSettings('Privacy');
  await expect.poll(() => page.getByLabel('Be invisible').isEnabled()).toBe(true);
  // The section came into sight when it was opened, as far as it was there.
  await page.getByText('You have blocked nobody.').evaluate((end) => end.scrollIntoView({ block: 'end' }));
  found.push(...(await differences(page, 'settings')));
  expect(found).toEqual([]);
});

test('A conversation and what is opened in it look as they did', async () => {
  const { maya, tom } = await pair();
  await maya.say('Good morning! Is the boat ready?', 'The weather is with us');
  await tom.message('The weather is with us').waitFor();
  await tom.act('Good morning! Is the boat ready?', 'Reply');
  await tom.say('Nearly. I want to paint the name anew, and the oars are still at my sister’s, who comes at noon.');
  await maya.attach('lake.jpg', 'image/jpeg', await landscape('lake'));
  await maya.attached('lake.jpg');
  await maya.say('Then to the far end: https://example.org/lake');
  await tom.message('Then to the far end: https://example.org/lake').waitFor();
  await tom.act('Then to the far end: https://example.org/lake', '👍');
  await maya.page.getByRole('button', { name: /^👍 1/ }).waitFor();
  await maya.page.locator('.tile img').waitFor();
  const found = await differences(maya.page, 'conversation');
  await maya.page.getByRole('button', { name: 'Details' }).click();
  await expect.poll(() => maya.page.getByLabel('Block').isEnabled()).toBe(true);
  found.push(...(await differences(maya.page, 'details')));
  await maya.page.goto(`${inject('url')}/`);
  await maya.entry('Tom').waitFor();
  found.push(...(await differences(maya.page, 'list')));
  expect(found).toEqual([]);
});
