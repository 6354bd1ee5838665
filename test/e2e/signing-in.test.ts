import { inject, test } from 'vitest';
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
