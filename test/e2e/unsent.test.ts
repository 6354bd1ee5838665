import type { Dialog, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { picture } from '#test/helpers/files.ts';
import type { Visitor } from '#test/helpers/visitor.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { alone, pair } = useVisitors();
let png: Buffer;

beforeAll(async () => {
  png = await picture(80, 60).png().toBuffer();
});

const attach = (who: Visitor, name = 'harbour.png') => who.attach(name, 'image/png', png);

/** Keeps the files of a page from getting to the bucket, until the returned function is called. */
async function holdUploads(page: Page): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/\/uploads\//, async (route) => {
    await released;
    // The page may have been reloaded.
    await route.continue().catch(() => {});
  });
  return release;
}

/** Closes a page as a person does, and returns the kind of dialog with which the browser asks before, which is answered with no. */
function asked(page: Page): Promise<string> {
  const dialog = new Promise<Dialog>((resolve) => page.once('dialog', resolve));
  const closed = new Promise<undefined>((resolve) => page.once('close', () => resolve(undefined)));
  void page.close({ runBeforeUnload: true });
  return Promise.race([dialog, closed]).then(async (shown) => {
    await shown?.dismiss();
    return shown?.type() ?? 'closed';
  });
}

test('A message goes when its files are uploaded, in the order in which they were sent, and waits in sight until then', async () => {
  const { maya, tom } = await pair();
  const release = await holdUploads(maya.page);
  await attach(maya);
  await maya.say('The harbour');
  const waiting = maya.page.getByRole('region', { name: 'Sending' });
  await waiting.getByText('Sent when the upload is done').waitFor();
  await waiting.getByText('The harbour').waitFor();
  await waiting.getByRole('progressbar', { name: 'Uploading harbour.png' }).waitFor();
  // What is written meanwhile goes at once.
  await maya.say('It is lovely here');
  await tom.message('It is lovely here').waitFor();
  release();
  await tom.message('The harbour').getByRole('button', { name: 'Open the picture' }).waitFor();
  await waiting.waitFor({ state: 'detached' });
});

test('A message whose files are being uploaded outlives a reload, and goes then', async () => {
  const { maya, tom } = await pair();
  await tom.say('Where are you?');
  await maya.act('Where are you?', 'Reply');
  await holdUploads(maya.page);
  await attach(maya);
  await maya.say('The harbour');
  await maya.page.getByRole('region', { name: 'Sending' }).waitFor();
  maya.page.once('dialog', (dialog) => void dialog.accept());
  // Another tab has a draft of its own, which is empty.
  const second = await maya.another();
  await second.page.goto(maya.page.url());
  await second.field.waitFor();
  await maya.page.unrouteAll({ behavior: 'ignoreErrors' });
  await maya.page.reload();
  const message = tom.message('The harbour');
  await message.getByRole('button', { name: 'Open the picture' }).waitFor();
  await message.getByRole('button', { name: /^In answer to/ }).waitFor();
  expect(await tom.texts()).toEqual(['Where are you?', 'The harbour']);
  expect(await second.page.getByRole('list', { name: 'Attached files' }).count()).toBe(0);
});

test('An upload that fails says so, and is tried again or removed', async () => {
  const { maya, tom } = await pair();
  await maya.page.route(/\/uploads\//, (route) => route.abort());
  await attach(maya);
  await attach(maya, 'boats.png');
  const failure = (name: string) => maya.page.getByRole('alert').filter({ hasText: name });
  // Both: an upload that hasn't got to the route when that ends isn't stopped by it.
  for (const name of ['harbour.png', 'boats.png'])
    await failure(name).getByText('The server can’t be reached.').waitFor();
  expect(await maya.page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
  await maya.page.unrouteAll({ behavior: 'ignoreErrors' });
  await failure('harbour.png').getByRole('button', { name: 'Try again' }).click();
  await maya.attached('harbour.png');
  await maya.page.getByRole('button', { name: 'Remove boats.png' }).click();
  await maya.say('The harbour');
  await tom.message('The harbour').getByRole('button', { name: 'Open the picture' }).waitFor();
});

test('Closing the page asks while something is being sent, and only then', async () => {
  const { maya } = await alone();
  await maya.field.fill('What waits in its conversation is no reason');
  const other = await maya.another();
  await other.page.goto(maya.page.url());
  await other.field.click();
  expect(await asked(other.page)).toBe('closed');
  await holdUploads(maya.page);
  await attach(maya);
  await maya.page.getByRole('button', { name: 'Send' }).click();
  await maya.page.getByRole('region', { name: 'Sending' }).waitFor();
  expect(await asked(maya.page)).toBe('beforeunload');
});

test('Logging out asks while something isn’t sent', async () => {
  const { maya } = await alone();
  await holdUploads(maya.page);
  await attach(maya);
  await maya.page.getByRole('button', { name: 'Log out' }).click();
  const dialog = maya.page.getByRole('dialog', { name: 'Log out?' });
  await dialog.getByRole('button', { name: 'Stay' }).click();
  await maya.page.getByRole('progressbar', { name: 'Uploading harbour.png' }).waitFor();
  await maya.page.getByRole('button', { name: 'Send' }).click();
  await maya.page.getByRole('button', { name: 'Log out' }).click();
  await dialog.getByRole('button', { name: 'Log out and delete it' }).click();
  await maya.page.getByRole('heading', { name: 'Log in' }).waitFor();
});

test('An edit that was begun outlives a reload, beside the message that was begun before it', async () => {
  const { maya } = await alone();
  await maya.say('Half past sevn');
  await maya.message('Half past sevn', 'Sent').waitFor();
  await maya.field.fill('Bring cake');
  await maya.act('Half past sevn', 'Edit');
  await maya.field.fill('Half past seven');
  await maya.page.reload();
  await maya.page.getByText('Edit your message').waitFor();
  expect(await maya.field.inputValue()).toBe('Half past seven');
  await maya.field.press('Enter');
  await maya.message('Half past seven').waitFor();
  expect(await maya.field.inputValue()).toBe('Bring cake');
});
