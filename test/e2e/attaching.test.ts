import { join } from 'node:path';
import { beforeAll, expect, inject, test } from 'vitest';
import { film, fixture, picture } from '#test/helpers/files.ts';
import { signUp } from '#test/helpers/sign-up.ts';
import type { Visitor } from '#test/helpers/visitor.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { alone, pair } = useVisitors();
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
const thumbnails = naturalSize('.tile img');
const whole = naturalSize('dialog img');
const preview = naturalSize('.attachment img');

test('A picture is seen small with its message, and whole when it is opened', async () => {
  const { maya, tom } = await pair();
  await maya.attach('harbour.png', 'image/png', png);
  await maya.attached('harbour.png');
  await maya.say('The harbour');
  for (const person of [maya, tom]) {
    await person.message('The harbour').getByRole('button', { name: 'Open the picture' }).waitFor();
    await expect.poll(() => thumbnails(person)).toEqual([[320, 240]]);
  }
  await tom.page.getByRole('button', { name: 'Open the picture' }).press('Enter');
  await tom.page.getByRole('dialog', { name: 'Pictures and films' }).waitFor();
  await expect.poll(() => whole(tom)).toEqual([[800, 600]]);
  await tom.page.keyboard.press('Escape');
  await tom.page.getByRole('dialog', { name: 'Pictures and films' }).waitFor({ state: 'detached' });
  await maya.page.reload();
  await expect.poll(() => thumbnails(maya)).toEqual([[320, 240]]);
  expect([...maya.complaints, ...tom.complaints]).toEqual([]);
});

test('Pictures and films need no words, and stand in the list by what they are', async () => {
  const { maya, tom } = await pair();
  await maya.attach('boats.mp4', 'video/mp4', film());
  await maya.attached('boats.mp4');
  await maya.attach('harbour.png', 'image/png', png);
  await maya.attached('harbour.png');
  await maya.page.getByRole('button', { name: 'Send' }).click();
  await tom.page.getByRole('button', { name: 'Play film 1 of 2, 0:03' }).waitFor();
  await tom.page.getByRole('button', { name: 'Open picture 2 of 2' }).waitFor();
  await tom.entry('Maya').filter({ hasText: 'Film, picture' }).waitFor();
});

test('A film of a real encoder is seen by a picture that its sender’s page has made of it, and plays', async () => {
  const { maya, tom } = await pair();
  await maya.attach('boats.webm', 'video/webm', fixture('film.webm'));
  await expect.poll(() => preview(maya)).toEqual([[64, 48]]);
  // The test pattern, and no black or empty picture.
  const colours = await maya.page.locator('.attachment img').evaluate((element) => {
    const canvas = new OffscreenCanvas(64, 48);
    const context = canvas.getContext('2d');
    if (!context || !(element instanceof HTMLImageElement)) return 0;
    context.drawImage(element, 0, 0);
    const { data } = context.getImageData(0, 0, 64, 48);
    return new Set(Array.from({ length: 64 * 48 }, (_, i) => [0, 1, 2].map((c) => (data[4 * i + c] ?? 0) >> 6).join()))
      .size;
  });
  expect(colours).toBeGreaterThan(8);
  await maya.attached('boats.webm');
  await maya.page.getByRole('button', { name: 'Send' }).click();
  for (const person of [maya, tom]) {
    await expect.poll(() => thumbnails(person)).toEqual([[64, 48]]);
    expect(await person.page.locator('.tile video').count()).toBe(0);
    await expect.poll(() => person.page.locator('.tile').getAttribute('style')).toContain('url("data:image/png');
  }
  await tom.page.getByRole('button', { name: 'Details' }).click();
  await expect.poll(() => naturalSize('.shared-media img')(tom)).toEqual([[64, 48]]);
  await tom.page.getByRole('button', { name: 'Play the film' }).click();
  const video = tom.page.getByRole('dialog').getByLabel('Film', { exact: true });
  await expect.poll(() => video.getAttribute('poster')).toMatch(/\/thumbnail\?/);
  const played = () =>
    video.evaluate(async (element) => {
      if (!(element instanceof HTMLVideoElement)) return undefined;
      element.muted = true;
      // It would begin again.
      if (!element.ended) await element.play().catch(() => {});
      return element.ended && [element.videoWidth, element.videoHeight, element.error];
    });
  await expect.poll(played).toEqual([64, 48, null]);
  expect([...maya.complaints, ...tom.complaints]).toEqual([]);
});

test('A film whose picture can’t be made or sent goes without, and others see the first picture of the film', async () => {
  const { maya, tom } = await pair();
  const attach = async (name: string) => {
    await maya.attach(name, 'video/webm', fixture('film.webm'));
    await maya.attached(name);
  };
  await maya.page.route(/\/uploaded-thumbnails\//, (route) => route.abort());
  await attach('boats.webm');
  expect(await preview(maya)).toEqual([[64, 48]]);
  await maya.page.unroute(/\/uploaded-thumbnails\//);
  // As browsers do that resist fingerprinting.
  await maya.page.evaluate(() => {
    const { prototype } = OffscreenCanvasRenderingContext2D;
    prototype.getImageData = (x, y, width, height) => new ImageData(Math.abs(width - x), Math.abs(height - y));
  });
  await attach('harbour.webm');
  expect(await preview(maya)).toEqual([[64, 48]]);
  await maya.page.getByRole('button', { name: 'Send' }).click();
  const ready = () =>
    tom.page.locator('.tile video').evaluateAll((all) => all.map((one) => Object(one).readyState >= 2));
  // It is loaded without the film.
  await expect.poll(ready).toEqual([true, true]);
  expect(await thumbnails(tom)).toEqual([]);
});

test('A voice message is recorded, sent, seen as a waveform, and played', async () => {
  const { maya, tom } = await pair();
  await maya.page.getByRole('button', { name: 'Record a voice message' }).click();
  await maya.page.getByRole('timer').getByText('0:01').waitFor();
  await maya.page.getByRole('button', { name: 'End the recording' }).click();
  await maya.attached('Voice message');
  await maya.page.getByRole('button', { name: 'Send' }).click();
  await tom.entry('Maya').filter({ hasText: 'Voice message' }).waitFor();
  const position = tom.page.getByRole('slider', { name: 'Position in the voice message' });
  expect(await position.getAttribute('aria-valuetext')).toMatch(/^0:00 of 0:0[12]$/);
  expect(await tom.page.locator('.waveform > svg > path').getAttribute('d')).toMatch(/^(?:M[\d.]+ [\d.]+v[\d.]+){64}$/);
  await tom.page.getByRole('button', { name: 'Play the voice message' }).click();
  await expect.poll(() => position.inputValue().then(Number)).toBeGreaterThan(0.5);
  expect([...maya.complaints, ...tom.complaints]).toEqual([]);
});

test('A voice message that is started before its address is known plays as soon as it is', async () => {
  const { maya, tom } = await pair();
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await tom.page.route(/\/api\/media\/[\w-]+$/, async (route) => {
    await held;
    await route.continue();
  });
  await maya.page.getByRole('button', { name: 'Record a voice message' }).click();
  await maya.page.getByRole('timer').getByText('0:01').waitFor();
  await maya.page.getByRole('button', { name: 'End the recording' }).click();
  await maya.attached('Voice message');
  await maya.page.getByRole('button', { name: 'Send' }).click();
  await tom.page.getByRole('button', { name: 'Play the voice message' }).click();
  answer();
  const position = tom.page.getByRole('slider', { name: 'Position in the voice message' });
  await expect.poll(() => position.inputValue().then(Number)).toBeGreaterThan(0.5);
});

test('A recording that is discarded is gone, and a microphone that is denied is told of', async () => {
  const { maya } = await alone();
  const record = maya.page.getByRole('button', { name: 'Record a voice message' });
  await record.click();
  await maya.page.getByRole('button', { name: 'Discard the recording' }).click();
  await maya.page.getByText('Recording', { exact: true }).waitFor({ state: 'detached' });
  expect(await maya.page.getByText('Voice message').count()).toBe(0);
  await maya.page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('denied', 'NotAllowedError'));
  });
  await record.click();
  await maya.page.getByText('The microphone can’t be used.').waitFor();
});

test('What can’t be sent is refused in words, and can be removed', async () => {
  const { maya } = await alone();
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
  const { maya } = await alone();
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

test('Files may be dropped anywhere: the page says where they go, and never leaves for them', async () => {
  const { maya } = await alone();
  const { page } = maya;
  const devtools = await page.context().newCDPSession(page);
  const data = {
    items: [],
    files: [join(import.meta.dirname, '../fixtures/media/animated.png')],
    dragOperationsMask: 1,
  };
  const drag = async (...types: ('dragEnter' | 'dragOver' | 'drop')[]) => {
    for (const type of types) await devtools.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
  };
  const overlay = page.getByText('Drop to send to Tom');
  /** Drags until the page says where the files go. A hand that moves makes many of these events. */
  const dragOver = () =>
    expect
      .poll(async () => {
        await drag('dragEnter', 'dragOver');
        return overlay.isVisible();
      })
      .toBe(true);
  await dragOver();
  await drag('drop');
  await overlay.waitFor({ state: 'detached' });
  const attached = page.getByRole('list', { name: 'Attached files' });
  await page.getByRole('button', { name: / animated\.png$/ }).click();
  await attached.waitFor({ state: 'detached' });
  // Where nothing takes them, they would be opened in place of the page.
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('dialog', { name: 'Settings' }).waitFor();
  await drag('dragEnter', 'dragOver', 'drop');
  await page.keyboard.press('Escape');
  expect(await overlay.or(attached).count()).toBe(0);
  await page.evaluate(`location.hash = ''`);
  await page.getByRole('textbox', { name: /^Message to/ }).waitFor({ state: 'detached' });
  await drag('dragEnter', 'dragOver', 'drop');
  await maya.open('Tom');
  await dragOver();
  await drag('drop');
  await attached.waitFor();
  await overlay.waitFor({ state: 'detached' });
});

test('People and groups have pictures, which others see', async () => {
  const { maya, tom } = await pair();
  const choose = (dialog: string) =>
    maya.page
      .getByRole('dialog', { name: dialog })
      .getByLabel('Picture')
      .setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: png });
  const pictures = naturalSize('.avatar img');
  await maya.openSettings('Profile');
  await choose('Settings');
  // At the foot of the list, and in the settings.
  await expect.poll(() => pictures(maya)).toEqual(Array(2).fill([512, 512]));
  await maya.page.keyboard.press('Escape');
  await tom.page.reload();
  // In the list, and above the conversation.
  const twice = Array(2).fill([512, 512]);
  await expect.poll(() => pictures(tom)).toEqual(twice);

  const lea = await signUp(inject('url'), 'Lea');
  await maya.startGroup('Launch week', tom.username, lea.username);
  await tom.open('Launch week');
  await maya.page.getByRole('button', { name: 'Details' }).click();
  await choose('Details');
  // Those of the group, live, and Maya's in the list.
  await expect.poll(() => pictures(tom)).toEqual([...twice, [512, 512]]);
  expect([...maya.complaints, ...tom.complaints]).toEqual([]);
});
