import { expect, inject, test } from 'vitest';
import * as z from 'zod/mini';
import { password } from '#test/helpers/visitor.ts';
import { type Person, useVisitors } from '#test/helpers/visitors.ts';

const { registered } = useVisitors();
const Mails = z.object({ mails: z.array(z.object({ to: z.array(z.string()), text: z.string() })) });
const newPassword = 'another harbour, another storm';

const allMails = async () => Mails.parse(await (await fetch(`${inject('url')}/_local/mails.json`)).json());

/** How many mails there are to an address that begins so. */
const mailsTo = async (name: string) => (await allMails()).mails.filter(({ to }) => to[0]?.startsWith(name)).length;

/** The link for this purpose in the newest mail to an address that begins so. */
async function linkTo(name: string, purpose: 'reset' | 'verify'): Promise<string> {
  const link = new RegExp(`\\S+#/${purpose}\\?token=\\S+`);
  const find = async () => {
    const { mails } = await allMails();
    return mails.flatMap(({ to, text }) => (to[0]?.startsWith(name) ? (link.exec(text)?.[0] ?? []) : []))[0];
  };
  await expect.poll(find).toBeDefined();
  return (await find()) ?? '';
}

const account = (person: Person) => person.openSettings('Account and password');

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

test('A link that was used says so, and leads to another one', async () => {
  const maya = await registered('Maya');
  const { page } = maya;
  await page.goto(`${inject('url')}/#/verify?token=made-up`);
  await page.getByText('This link isn’t valid any more.').waitFor();
  const before = await mailsTo(maya.username);
  await page.getByRole('button', { name: 'Send the mail again' }).click();
  await page.getByText('A mail is on its way.').waitFor();
  await expect.poll(() => mailsTo(maya.username)).toBe(before + 1);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Chats' }).waitFor();
  await maya.logOut();
  await page.goto(`${inject('url')}/#/reset?token=made-up`);
  await page.getByLabel('New password').fill(newPassword);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('This link isn’t valid any more.').waitFor();
  await page.getByRole('button', { name: 'Have another link sent' }).click();
  await page.getByLabel('E-mail').waitFor();
});

test('An address is verified by a mail, and changes when the link to the new one is followed', async () => {
  const maya = await registered('Maya');
  const { page } = maya;
  await account(maya);
  await page.getByText('(not verified yet)').waitFor();
  await page.goto(await linkTo(maya.username, 'verify'));
  await page.getByText('Your address is verified').waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  await account(maya);
  await page.getByText(`${maya.username}@example.org (verified)`).waitFor();
  const change = page.getByRole('form', { name: 'Another address' });
  await change.getByLabel('New e-mail address').fill(`new-${maya.username}@example.org`);
  await change.getByLabel('Your password').fill('not this one');
  await change.getByRole('button', { name: 'Change' }).click();
  await page.getByText('This isn’t your password.').waitFor();
  const focused = page.locator(':focus');
  expect(await focused.getAttribute('aria-invalid')).toBe('true');
  await focused.fill(password);
  await change.getByRole('button', { name: 'Change' }).click();
  await page.getByText('A mail to the new address is on its way.').waitFor();
  await page.goto(await linkTo(`new-${maya.username}`, 'verify'));
  await page.getByText('Your address is verified').waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  await account(maya);
  await page.getByText(`new-${maya.username}@example.org (verified)`).waitFor();
});

test('A changed password signs out the other devices, which the settings list', async () => {
  const maya = await registered('Maya');
  const phone = await registered('Maya');
  await phone.logOut();
  await phone.logIn(maya.username, password);
  await phone.page.getByRole('heading', { name: 'Chats' }).waitFor();
  await maya.openSettings('Devices', 'Account and password');
  await maya.page.getByRole('button', { name: 'Sign out everywhere else' }).waitFor();
  const change = maya.page.getByRole('form', { name: 'Change the password' });
  await change.getByLabel('Your password').fill(password);
  await change.getByLabel('New password').fill(newPassword);
  await change.getByRole('button', { name: 'Change' }).click();
  await maya.page.getByText('Your password is changed.').waitFor();
  await phone.page.getByRole('heading', { name: 'Log in' }).waitFor();
  await maya.page.getByText('Password changed').waitFor();
});

test('A single device can be signed out from another', async () => {
  const maya = await registered('Maya');
  const phone = await registered('Maya');
  await phone.logOut();
  await phone.logIn(maya.username, password);
  await phone.page.getByRole('heading', { name: 'Chats' }).waitFor();
  await maya.openSettings('Devices');
  await maya.page.getByRole('button', { name: /^Sign out (?!everywhere)/ }).click();
  await phone.page.getByRole('heading', { name: 'Log in' }).waitFor();
});
