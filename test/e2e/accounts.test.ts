import { expect, inject, test } from 'vitest';
import * as z from 'zod/mini';
import { password } from '#test/helpers/visitor.ts';
import { type Person, useVisitors } from '#test/helpers/visitors.ts';

const { registered } = useVisitors();
const Mails = z.object({ mails: z.array(z.object({ to: z.array(z.string()), text: z.string() })) });
const newPassword = 'another harbour, another storm';

/** The link for this purpose in the newest mail to an address that begins so. */
async function linkTo(name: string, purpose: 'reset' | 'verify'): Promise<string> {
  const link = new RegExp(`\\S+#/${purpose}\\?token=\\S+`);
  const find = async () => {
    const { mails } = Mails.parse(await (await fetch(`${inject('url')}/_local/mails.json`)).json());
    return mails.flatMap(({ to, text }) => (to[0]?.startsWith(name) ? (link.exec(text)?.[0] ?? []) : []))[0];
  };
  await expect.poll(find).toBeDefined();
  return (await find()) ?? '';
}

const settings = async ({ page }: Person) => {
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Account' }).waitFor();
};

test('Whoever forgot the password gets a link by mail, sets a new one, and logs in with it', async () => {
  const maya = await registered('Maya');
  const { page } = maya;
  await maya.logOut();
  await page.getByRole('button', { name: 'Forgot your password?' }).click();
  await page.getByLabel('E-mail').fill(`${maya.username}@example.org`);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByText('a mail is on its way').waitFor();
  await page.goto(await linkTo(maya.username, 'reset'));
  await page.getByLabel('New password').fill(newPassword);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('Your password is changed').waitFor();
  expect(page.url()).not.toContain('token');
  await page.getByRole('button', { name: 'Continue' }).click();
  await maya.logIn(maya.username, newPassword);
  await page.getByRole('heading', { name: 'Chats' }).waitFor();
});

test('A link that was used says so, and leads on', async () => {
  const maya = await registered('Maya');
  const { page } = maya;
  await page.goto(`${inject('url')}/#/verify?token=made-up`);
  await page.getByText('This link isn’t valid any more.').waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Chats' }).waitFor();
});

test('An address is verified by a mail, and changes when the link to the new one is followed', async () => {
  const maya = await registered('Maya');
  const { page } = maya;
  await settings(maya);
  await page.getByText('(not verified yet)').waitFor();
  await page.goto(await linkTo(maya.username, 'verify'));
  await page.getByText('Your address is verified').waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  await settings(maya);
  await page.getByText(`${maya.username}@example.org (verified)`).waitFor();
  await page.getByLabel('Your password').fill(password);
  await page.getByLabel('New e-mail address').fill(`new-${maya.username}@example.org`);
  await page.getByRole('button', { name: 'Change' }).first().click();
  await page.getByText('A mail to the new address is on its way.').waitFor();
  await page.goto(await linkTo(`new-${maya.username}`, 'verify'));
  await page.getByText('Your address is verified').waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  await settings(maya);
  await page.getByText(`new-${maya.username}@example.org (verified)`).waitFor();
});

test('A changed password signs out the other devices, which the settings list', async () => {
  const maya = await registered('Maya');
  const phone = await registered('Maya');
  await phone.logOut();
  await phone.logIn(maya.username, password);
  await phone.page.getByRole('heading', { name: 'Chats' }).waitFor();
  await settings(maya);
  await maya.page.getByRole('button', { name: 'Sign out everywhere else' }).waitFor();
  await maya.page.getByLabel('Your password').fill(password);
  await maya.page.getByLabel('New password').fill(newPassword);
  await maya.page.getByRole('button', { name: 'Change' }).last().click();
  await maya.page.getByText('Your password is changed.').waitFor();
  await phone.page.getByRole('heading', { name: 'Log in' }).waitFor();
  await maya.page.getByText('Recent activity').click();
  await maya.page.getByText('Password changed').waitFor();
});

test('A single device can be signed out from another', async () => {
  const maya = await registered('Maya');
  const phone = await registered('Maya');
  await phone.logOut();
  await phone.logIn(maya.username, password);
  await phone.page.getByRole('heading', { name: 'Chats' }).waitFor();
  await settings(maya);
  await maya.page.getByRole('button', { name: /^Sign out (?!everywhere)/ }).click();
  await phone.page.getByRole('heading', { name: 'Log in' }).waitFor();
});
