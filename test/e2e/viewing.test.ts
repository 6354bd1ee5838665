import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { fixture, picture } from '#test/helpers/files.ts';
import type { Visitor } from '#test/helpers/visitor.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { pair } = useVisitors();

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Sends a message with pictures of these sizes, or the name of a fixture for a film. */
async function send(who: Visitor, text: string, ...files: readonly ([number, number] | 'film.webm')[]): Promise<void> {
  const chosen = await Promise.all(
    files.map(async (file, i) =>
      file === 'film.webm'
        ? { name: `${i}-${file}`, mimeType: 'video/webm', buffer: fixture(file) }
        : {
            name: `${i}-${file.join('x')}.png`,
            mimeType: 'image/png',
            buffer: await picture(...file)
              .png()
              .toBuffer(),
          },
    ),
  );
  await who.page.getByLabel('Files to attach').setInputFiles(chosen);
  for (const { name } of chosen) await who.attached(name);
  await who.say(text);
  await who.message(text, 'Sent').waitFor();
}

const viewer = (page: Page) => page.getByRole('dialog', { name: 'Pictures and films' });
const place = (page: Page) => viewer(page).getByRole('status');
/** How much the picture is enlarged. */
const scale = (page: Page) =>
  page.locator('.whole').evaluate((one) => new DOMMatrix(getComputedStyle(one).transform).a);
/** The width and height of elements. */
const sizes = (page: Page, selector: string) =>
  page.locator(selector).evaluateAll((all) =>
    all.map((one) => {
      const { width, height } = one.getBoundingClientRect();
      return [Math.round(width), Math.round(height)];
    }),
  );

test('The space of pictures is reserved before they are loaded, also of tiny, long and high ones', async () => {
  const { maya, tom } = await pair();
  // Maya began the conversation, so she learns nothing of Tom until he has written.
  await tom.say('Show me');
  await maya.message('Show me').waitFor();
  await tom.page.route(/\/media\/.*thumbnail/, () => {});
  await send(maya, 'landscape', [1200, 900]);
  await send(maya, 'portrait', [900, 1600]);
  await send(maya, 'panorama', [3000, 300]);
  await send(maya, 'tiny', [16, 16]);
  await tom.message('tiny').waitFor();
  // Words have at least 200 px.
  const expected = [
    [320, 240],
    [200, 356],
    [320, 72],
    [200, 120],
  ];
  const albums = () => sizes(tom.page, '.album');
  await expect.poll(albums).toEqual(expected);
  const before = await sizes(tom.page, '.row .message');
  // What the server doesn't yet know to be read would be under a heading after the reload.
  await maya.message('tiny', 'Read').waitFor();
  await tom.page.unroute(/\/media\/.*thumbnail/);
  await tom.page.reload();
  await expect
    .poll(() => tom.page.locator('.tile img').evaluateAll((all) => all.map((one) => Object(one).complete)))
    .toEqual(Array(4).fill(true));
  expect(await albums()).toEqual(expected);
  expect(await sizes(tom.page, '.row .message')).toEqual(before);
});

test('Several pictures are an album of tiles, the last of which says how many more there are', async () => {
  const { maya, tom } = await pair();
  const [two, three, four, six] = [2, 3, 4, 6].map((n) => Array<[number, number]>(n).fill([400, 300]));
  await send(maya, 'two', ...(two ?? []));
  await send(maya, 'three', ...(three ?? []));
  await send(maya, 'four', ...(four ?? []));
  await send(maya, 'six', ...(six ?? []));
  for (const [text, expected] of [
    [
      'two',
      [
        [159, 160],
        [159, 160],
      ],
    ],
    [
      'three',
      [
        [212, 213],
        [106, 106],
        [106, 106],
      ],
    ],
    ['four', Array(4).fill([159, 159])],
    ['six', Array(4).fill([159, 159])],
  ] as const) {
    const tiles = tom.message(text).getByRole('button', { name: /^Open picture/ });
    await tiles.first().scrollIntoViewIfNeeded();
    const found = await tiles.evaluateAll((all) => all.map((one) => [one.clientWidth, one.clientHeight]));
    expect(found, text).toEqual(expected);
  }
  await tom.message('six').getByText('+2').waitFor();
  await tom.message('six').getByRole('button', { name: 'Open picture 4 of 6' }).click();
  await place(tom.page).getByText('13 of 15').waitFor();
});

test('The viewer leads through all pictures and films of the conversation, says who sent what, and returns the focus', async () => {
  const { maya, tom } = await pair();
  await send(maya, 'The harbour', [800, 600], [600, 800]);
  await tom.message('The harbour').waitFor();
  await send(tom, 'The boats', 'film.webm');
  await maya.message('The boats').waitFor();
  const { page } = maya;
  const opener = page.getByRole('button', { name: 'Open picture 1 of 2' });
  await opener.press('Enter');
  await place(page).getByText('Picture 1 of 3').waitFor();
  await viewer(page).getByText('You', { exact: true }).waitFor();
  await viewer(page).getByText('The harbour').waitFor();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowRight');
  await place(page).getByText('Picture 2 of 3').waitFor();
  await viewer(page).getByRole('button', { name: 'Next' }).click();
  await place(page).getByText('Film 3 of 3').waitFor();
  await viewer(page).getByText('Tom', { exact: true }).waitFor();
  await viewer(page).getByLabel('Film', { exact: true }).waitFor();
  await page.keyboard.press('Home');
  await place(page).getByText('1 of 3').waitFor();
  // What is shown is deleted: the next one takes its place.
  await page.keyboard.press('End');
  await tom.act('The boats', 'Delete', 'Delete for everyone');
  await place(page).getByText('2 of 2').waitFor();
  await page.keyboard.press('Escape');
  await viewer(page).waitFor({ state: 'detached' });
  expect(await opener.evaluate((one) => one === document.activeElement)).toBe(true);
  expect([...maya.complaints, ...tom.complaints]).toEqual([]);
});

test('A picture is enlarged by keys, wheel, double click and button, moved, and whole again', async () => {
  const { maya, tom } = await pair();
  await send(maya, 'The harbour', [1200, 900], [600, 800]);
  const { page } = tom;
  await page.getByRole('button', { name: 'Open picture 1 of 2' }).click();
  await expect.poll(() => page.locator('.whole').evaluate((one) => Object(one).naturalWidth)).toBe(1200);
  await page.keyboard.press('+');
  await expect.poll(() => scale(page)).toBeCloseTo(1.5);
  // An arrow moves what is enlarged, and doesn't lead on.
  await page.keyboard.press('ArrowRight');
  await place(page).getByText('1 of 2').waitFor();
  await page.keyboard.press('0');
  await expect.poll(() => scale(page)).toBe(1);
  await page.locator('.whole').hover();
  await page.mouse.wheel(0, -400);
  await expect.poll(() => scale(page)).toBeGreaterThan(2);
  await page.mouse.wheel(0, 4_000);
  await expect.poll(() => scale(page)).toBe(1);
  await page.locator('.whole').dblclick();
  await expect.poll(() => scale(page)).toBe(2.5);
  const left = () => page.locator('.whole').evaluate((one) => one.getBoundingClientRect().left);
  const before = await left();
  await page.mouse.down();
  await page.mouse.move(700, 300, { steps: 4 });
  await page.mouse.up();
  expect(await left()).not.toBe(before);
  await viewer(page).getByRole('button', { name: 'Show the whole picture' }).click();
  await expect.poll(() => scale(page)).toBe(1);
  // Each picture begins whole.
  await viewer(page).getByRole('button', { name: 'Zoom in' }).click();
  await viewer(page).getByRole('button', { name: 'Next' }).click();
  await expect.poll(() => scale(page)).toBe(1);
  await page.mouse.click(5, 400);
  await viewer(page).waitFor({ state: 'detached' });
});

test('Fingers swipe on, pinch, tap twice, and pull the viewer down to close it', async () => {
  const { maya, tom } = await pair(phone);
  await send(maya, 'The harbour', [1200, 900], [600, 800]);
  const { page } = tom;
  const devtools = await page.context().newCDPSession(page);
  const touch = async (...steps: readonly (readonly [x: number, y: number])[][]) => {
    for (const [i, points] of steps.entries())
      await devtools.send('Input.dispatchTouchEvent', {
        type: i === 0 ? 'touchStart' : 'touchMove',
        touchPoints: points.map(([x, y], id) => ({ x, y, id })),
      });
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  };
  await page.getByRole('button', { name: 'Open picture 1 of 2' }).tap();
  await place(page).getByText('1 of 2').waitFor();
  await touch([[300, 400]], [[200, 400]], [[100, 405]]);
  await place(page).getByText('2 of 2').waitFor();
  await touch([[100, 400]], [[200, 400]], [[300, 405]]);
  await place(page).getByText('1 of 2').waitFor();
  await touch(
    [
      [180, 400],
      [210, 400],
    ],
    [
      [150, 400],
      [240, 400],
    ],
    [
      [120, 400],
      [270, 400],
    ],
  );
  await expect.poll(() => scale(page)).toBeCloseTo(5, 0);
  // A finger moves what is enlarged.
  await touch([[300, 400]], [[100, 400]]);
  await place(page).getByText('1 of 2').waitFor();
  await page.keyboard.press('0');
  await touch([[195, 400]]);
  await touch([[195, 400]]);
  await expect.poll(() => scale(page)).toBe(2.5);
  await page.keyboard.press('0');
  await touch([[195, 300]], [[195, 400]], [[200, 500]]);
  await viewer(page).waitFor({ state: 'detached' });
});

test('A picture is downloaded as a file, and not opened', async () => {
  const { maya, tom } = await pair();
  await send(maya, 'The harbour', [80, 60]);
  const { page } = tom;
  await page.getByRole('button', { name: 'Open the picture' }).click();
  const coming = page.waitForEvent('download');
  await viewer(page).getByRole('button', { name: 'Download' }).click();
  const file = await coming;
  expect(file.suggestedFilename()).toMatch(/^storm-\d{4}-\d\d-\d\d-\d{6}\.png$/);
  expect(await file.failure()).toBeNull();
  expect(tom.complaints).toEqual([]);
});
