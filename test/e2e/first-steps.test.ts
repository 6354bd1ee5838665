import { expect, inject, test } from 'vitest';
import { newUsername } from '#test/helpers/sign-up.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { arrive, registered } = useVisitors();

test('Somebody new is led to a first message: they find a friend, and later find them by name', async () => {
  const tom = await registered('Tom');
  const maya = await registered('Maya');
  const { page } = maya;
  await page.getByRole('img', { name: 'Your link as a QR code' }).waitFor();
  await page.getByRole('button', { name: 'Find a friend' }).click();
  expect(await page.getByLabel('Find people').evaluate((field) => field === document.activeElement)).toBe(true);
  await page.keyboard.type(`@${tom.username}`);
  await page.getByRole('button', { name: `@${tom.username}` }).click();
  await page.getByRole('heading', { name: 'Tom' }).waitFor();
  await maya.say('Hello');
  await tom.open('Maya');
  await tom.message('Hello').waitFor();
  await page.getByRole('button', { name: 'New conversation' }).click();
  await page.getByLabel('Find people').fill('TOM');
  await page.getByRole('button', { name: `@${tom.username}` }).waitFor();
});

test('A link leads to a person on a phone, also who has to register first, and begins nothing by itself', async () => {
  const tom = await registered('Tom');
  const how = { url: `${inject('url')}/#/@${tom.username}`, viewport: { width: 360, height: 740 } };
  const visitor = await arrive(how);
  await visitor.register('Maya', newUsername('Maya'));
  const { page } = visitor;
  const card = page.getByRole('dialog', { name: `@${tom.username}` });
  await card.getByRole('heading', { name: 'Tom', exact: true }).waitFor();
  await tom.page.getByText('Nobody here yet').waitFor();
  await card.getByRole('button', { name: 'Write to Tom' }).press('Enter');
  await page.getByRole('heading', { name: 'Tom', level: 1 }).waitFor();
  await visitor.say('Found you');
  await tom.open('Maya');
  // The second time it opens the conversation.
  await page.goto(how.url);
  await page.reload();
  await visitor.message('Found you').waitFor();
  await page.goto(`${inject('url')}/#/@${newUsername('nobody')}`);
  await page.getByText('Nobody has this username').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('Found you').waitFor();
});

test('Details are a sheet on a phone and a column where there is room, with the keyboard, and whatever the width becomes', async () => {
  const [maya, tom] = [await registered('Maya'), await registered('Tom')];
  const { page } = maya;
  await maya.startTalkingTo('Tom', tom.username);
  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByRole('button', { name: 'Details' }).press('Enter');
  const details = page.getByRole('dialog', { name: 'Details' });
  const isModal = () => details.evaluate((element) => element.matches(':modal'));
  await details.waitFor();
  expect(await isModal()).toBe(true);
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect.poll(isModal).toBe(false);
  await maya.say('Beside them one can write');
  await page.setViewportSize({ width: 360, height: 740 });
  await expect.poll(isModal).toBe(true);
  await page.keyboard.press('Escape');
  await details.waitFor({ state: 'detached' });
  await maya.message('Beside them one can write').waitFor();
  await page.getByRole('button', { name: 'Details' }).press('Enter');
  await details.getByLabel('Block').check();
  await details.getByRole('button', { name: 'Close' }).press('Enter');
  await page.getByText('You have blocked Tom').waitFor();
  await page.getByRole('button', { name: 'Unblock' }).press('Enter');
  await page.getByText('You have blocked Tom').waitFor({ state: 'detached' });
});
