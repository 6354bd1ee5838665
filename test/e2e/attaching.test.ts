import { beforeAll, expect, test } from 'vitest';
import { film, picture } from '#test/helpers/files.ts';
import type { Visitor } from '#test/helpers/visitor.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { pair, registered } = useVisitors();
let png: Buffer;

beforeAll(async () => {
  png = await picture(800, 600).png().toBuffer();
});

const naturalSize =
  (selector: string) =>
  ({ page }: Visitor) =>
    page
      .locator(selector)
      .evaluateAll((all) => all.map((one) => [Object(one).naturalWidth, Object(one).naturalHeight]));
const thumbnails = naturalSize('.picture img');
const whole = naturalSize('dialog img');

test('A picture is seen small with its message, and whole when it is opened', async () => {
  const { maya, tom } = await pair();
  await maya.attach('harbour.png', 'image/png', png);
  await maya.attached('harbour.png');
  await maya.say('The harbour');
  for (const person of [maya, tom]) {
    await person.message('The harbour').getByRole('button', { name: 'Open the picture' }).waitFor();
    await expect.poll(() => thumbnails(person), { timeout: 20_000 }).toEqual([[320, 240]]);
  }
  await tom.page.getByRole('button', { name: 'Open the picture' }).press('Enter');
  await tom.page.getByRole('dialog', { name: 'Picture' }).waitFor();
  await expect.poll(() => whole(tom), { timeout: 20_000 }).toEqual([[800, 600]]);
  await tom.page.keyboard.press('Escape');
  await tom.page.getByRole('dialog', { name: 'Picture' }).waitFor({ state: 'detached' });
  await maya.page.reload();
  await expect.poll(() => thumbnails(maya), { timeout: 20_000 }).toEqual([[320, 240]]);
  expect([...maya.complaints, ...tom.complaints]).toEqual([]);
});

test('Pictures and videos need no words, and stand in the list by what they are', async () => {
  const { maya, tom } = await pair();
  await maya.attach('boats.mp4', 'video/mp4', film());
  await maya.attached('boats.mp4');
  await maya.attach('harbour.png', 'image/png', png);
  await maya.attached('harbour.png');
  await maya.page.getByRole('button', { name: 'Send' }).click();
  await tom.page.getByLabel('Video', { exact: true }).and(tom.page.locator('video')).waitFor();
  await tom.page.getByRole('button', { name: 'Open the picture' }).waitFor();
  await tom.entry('Maya').filter({ hasText: 'Video, Picture' }).waitFor();
});

test('What can’t be sent is refused in words, and can be removed', async () => {
  const { maya } = await pair();
  const send = maya.page.getByRole('button', { name: 'Send' });
  await maya.field.fill('Look');
  await maya.attach('notes.txt', 'text/plain', Buffer.from('notes'));
  await maya.page.getByText('This isn’t a kind of file that can be sent.').waitFor();
  expect(await send.isDisabled()).toBe(true);
  await maya.page.getByRole('button', { name: 'Remove notes.txt' }).click();
  await maya.attach('harbour.png', 'image/png', Buffer.from('no picture at all'));
  await maya.page.getByText('This file isn’t the kind of file that its name says.').waitFor();
  await maya.page.getByRole('button', { name: 'Remove harbour.png' }).click();
  expect(await send.isDisabled()).toBe(false);
});

test('A file may be pasted or dropped, and its upload cancelled', async () => {
  const { maya } = await pair();
  // Nothing gets through to the bucket, so that there is time to cancel.
  await maya.page.route(/\/uploads\//, () => {});
  for (const [event, field, name] of [
    ['ClipboardEvent("paste"', 'clipboardData', 'pasted.png'],
    ['DragEvent("drop"', 'dataTransfer', 'dropped.png'],
  ] as const) {
    await maya.page.evaluate(`{
      const data = new DataTransfer();
      data.items.add(new File(['x'], '${name}', { type: 'image/png' }));
      const options = { bubbles: true, cancelable: true, ${field}: data };
      document.querySelector('textarea').dispatchEvent(new ${event}, options));
    }`);
    await maya.page.getByRole('progressbar', { name: `Uploading ${name}` }).waitFor();
    await maya.page.getByRole('button', { name: `Cancel ${name}` }).click();
    await maya.page.getByText(name).waitFor({ state: 'detached' });
  }
});

test('People and groups have pictures, which others see', async () => {
  const { maya, tom } = await pair();
  const choose = (dialog: string) =>
    maya.page
      .getByRole('dialog', { name: dialog })
      .getByLabel('Picture')
      .setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: png });
  const pictures = naturalSize('.avatar img');
  await maya.page.getByRole('button', { name: 'Settings' }).click();
  await choose('Settings');
  await expect.poll(() => pictures(maya), { timeout: 20_000 }).toEqual([[512, 512]]);
  await maya.page.keyboard.press('Escape');
  await tom.page.reload();
  // In the list, and above the conversation.
  const twice = Array(2).fill([512, 512]);
  await expect.poll(() => pictures(tom), { timeout: 20_000 }).toEqual(twice);

  const lea = await registered('Lea');
  await maya.startGroup('Launch week', tom.username, lea.username);
  await tom.open('Launch week');
  await maya.page.getByRole('button', { name: 'Details' }).click();
  await choose('Launch week');
  // Those of the group, live, and Maya's in the list.
  await expect.poll(() => pictures(tom), { timeout: 20_000 }).toEqual([...twice, [512, 512]]);
  expect([...maya.complaints, ...tom.complaints]).toEqual([]);
});
