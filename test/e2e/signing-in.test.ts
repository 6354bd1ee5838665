import { expect, inject, test } from 'vitest';
import { password } from '#test/helpers/visitor.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { arrive, registered } = useVisitors();

test('Leaving ends the session; the way back in is the password', async () => {
  const maya = await registered('Maya');
  await maya.logOut();
  await maya.page.reload();
  await maya.logIn(maya.username, 'not my password');
  await maya.page.getByText('The name or the password is wrong.').waitFor();
  await maya.logIn(maya.username, password);
  await maya.page.getByRole('heading', { name: 'Chats' }).waitFor();
});

test('Reloading twice in a moment leaves the person signed in', async () => {
  const { page } = await registered('Maya');
  const refresh = page.waitForRequest(/auth.refresh/);
  await page.reload({ waitUntil: 'commit' });
  await refresh;
  await page.reload();
  await page.getByRole('heading', { name: 'Chats' }).waitFor();
});

test('Leaving on one tab shows on the other', async () => {
  const maya = await registered('Maya');
  const other = await maya.page.context().newPage();
  await other.goto(inject('url'));
  await other.getByRole('heading', { name: 'Chats' }).waitFor();
  await maya.logOut();
  await other.getByRole('heading', { name: 'Log in' }).waitFor();
});

test('What cannot be is said in words', async () => {
  const maya = await registered('Maya');
  const tom = await arrive();
  await tom.page.getByRole('button', { name: 'Create an account' }).click();
  await tom.page.getByLabel('Your name').fill('Tom');
  await tom.page.getByLabel('Username').fill(maya.username);
  await tom.page.getByLabel('E-mail').fill('tom@example.org');
  await tom.page.getByLabel('Password').fill(password);
  await tom.page.getByRole('button', { name: 'Create account' }).click();
  await tom.page.getByText('This username is taken.').waitFor();
});

test('A password is shown while it is typed to those who ask for it, and hidden again when it is sent', async () => {
  const { page } = await arrive();
  const field = page.getByLabel('Password', { exact: true });
  const show = page.getByRole('button', { name: 'Show password' });
  const now = () => field.evaluate((input: HTMLInputElement) => `${input.type} ${input.autocomplete} ${input.value}`);
  await page.getByLabel('Username or e-mail').fill('nobody');
  await field.fill('wrong password');
  expect(await now()).toBe('password current-password wrong password');
  await field.press('Tab');
  await page.keyboard.press('Space');
  await show.and(page.locator('[aria-pressed=true]')).waitFor();
  expect(await now()).toBe('text current-password wrong password');
  await show.press('Enter');
  await show.and(page.locator('[aria-pressed=false]')).waitFor();
  // The field keeps the focus, and what is typed goes on.
  await field.focus();
  await show.click();
  await page.keyboard.press('End');
  await page.keyboard.type('!');
  await expect.poll(now).toBe('text current-password wrong password!');
  expect(await page.getByText('is wrong').count()).toBe(0);
  await page.keyboard.press('Enter');
  await page.getByText('The name or the password is wrong.').waitFor();
  expect(await now()).toBe('password current-password wrong password!');

  await page.getByRole('button', { name: 'Create an account' }).click();
  await field.fill('new password');
  await show.click();
  await expect.poll(now).toBe('text new-password new password');
});
