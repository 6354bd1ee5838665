import { expect, test } from 'vitest';
import { picture } from '#test/helpers/files.ts';
import type { Person } from '#test/helpers/visitors.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { alone, pair, registered } = useVisitors();
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Touches the page with one finger: puts it down, moves it by steps, and lifts it. */
async function finger({ page }: Person, text: string) {
  const box = await page.locator('.text').getByText(text, { exact: true }).boundingBox();
  const tools = await page.context().newCDPSession(page);
  const [x, y] = [(box?.x ?? 0) + 4, (box?.y ?? 0) + 8];
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', by = 0) =>
    tools.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x: x + by, y }] });
  await touch('touchStart');
  return touch;
}

test('The bar over a message reacts and replies, and a double click beside its words replies, too', async () => {
  const { maya, tom } = await pair();
  await tom.say('Where are you?');
  const message = maya.message('Where are you?');
  await message.hover();
  await message.getByRole('button', { name: 'React with 👍' }).click();
  await tom.page.getByRole('button', { name: '👍 1, by Maya' }).waitFor();
  await message.hover();
  await message.getByRole('button', { name: 'Reply' }).click();
  await maya.page.getByText('Reply to Tom').waitFor();
  await maya.page.getByRole('button', { name: 'Cancel' }).click();
  await message.locator('.text').dblclick();
  expect(await maya.page.evaluate('getSelection().isCollapsed')).toBe(false);
  await message.locator('.meta').dblclick();
  await maya.page.getByText('Reply to Tom').waitFor();
  expect([...maya.complaints, ...tom.complaints]).toEqual([]);
});

test('No bar opens over messages that scroll by below the mouse', async () => {
  const { maya, tom } = await pair();
  await tom.say(...Array.from({ length: 30 }, (_, i) => `Line ${i}`));
  await maya.message('Line 29').hover();
  const bars = maya.page.getByRole('button', { name: 'React with 👍' });
  await bars.waitFor();
  await maya.page.mouse.wheel(0, -300);
  await bars.waitFor({ state: 'detached' });
  await maya.page.mouse.move(600, 400);
  await maya.page.mouse.move(602, 402);
  await bars.waitFor();
});

test('The context menu of a message moves by arrow keys, copies its text, and gives the focus back', async () => {
  const { maya, tom } = await pair();
  await maya.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await tom.say('At the station');
  await maya.message('At the station').locator('.text').click({ button: 'right' });
  await maya.menu.waitFor();
  const focused = () => maya.page.evaluate<string>('document.activeElement.textContent.trim()');
  expect(await focused()).toBe('👍');
  await maya.page.keyboard.press('ArrowDown');
  expect(await focused()).toBe('Reply');
  await maya.page.keyboard.press('ArrowDown');
  await maya.page.keyboard.press('Enter');
  await maya.menu.waitFor({ state: 'detached' });
  await expect.poll(() => maya.page.evaluate('navigator.clipboard.readText()')).toBe('At the station');
  await maya.act('At the station');
  await maya.page.keyboard.press('Escape');
  await maya.menu.waitFor({ state: 'detached' });
  expect(await maya.page.evaluate('document.activeElement.ariaLabel')).toBe('Actions');
});

test('On a phone a swipe replies to a message, and a long press opens its menu as a sheet', async () => {
  const { maya, tom } = await pair(phone);
  await tom.say('Where are you?');
  await maya.message('Where are you?').waitFor();
  const swipe = await finger(maya, 'Where are you?');
  for (const by of [15, 40, 70, 90]) await swipe('touchMove', by);
  await swipe('touchEnd');
  await maya.page.getByText('Reply to Tom').waitFor();
  await maya.page.getByRole('button', { name: 'Cancel' }).click();
  const press = await finger(maya, 'Where are you?');
  await maya.page.locator('.pressed').waitFor();
  await press('touchEnd');
  await maya.menu.getByRole('button', { name: 'Forward' }).waitFor();
  const box = await maya.menu.boundingBox();
  expect([box?.x, box?.width]).toEqual([0, phone.viewport.width]);
  await maya.menu.getByRole('button', { name: '😂' }).click();
  await tom.page.getByRole('button', { name: '😂 1, by Maya' }).waitFor();
});

test('The emoji are found by their words, in a skin tone, for the text and for reactions', async () => {
  const { maya, tom } = await pair();
  const picker = maya.page.getByRole('dialog', { name: 'Emoji' });
  await maya.field.fill('See you !');
  await maya.field.press('ArrowLeft');
  await maya.page.getByRole('button', { name: 'Emoji' }).click();
  await picker.getByRole('button', { name: 'Medium-dark' }).click();
  await picker.getByRole('searchbox').fill('waving ha');
  await picker.getByRole('button', { name: 'waving hand' }).click();
  expect(await maya.field.inputValue()).toBe('See you 👋🏾!');
  await maya.field.press('Enter');
  await tom.message('See you 👋🏾!').waitFor();
  await maya.act('See you 👋🏾!', 'More emoji');
  await picker.getByRole('button', { name: 'Animals and nature' }).click();
  await picker.getByRole('button', { name: 'otter' }).click();
  await tom.page.getByRole('button', { name: '🦦 1, by Maya' }).waitFor();
  await maya.act('See you 👋🏾!');
  await maya.menu.getByRole('button', { name: '🦦', pressed: true }).waitFor();
  expect(maya.complaints).toEqual([]);
});

test('One to three emoji and nothing else are shown large', async () => {
  const { maya } = await alone();
  await maya.say('👩‍👩‍👦 🇫🇷❤️', '👍👍👍👍', 'ok 👍');
  await maya.message('ok 👍').waitFor();
  expect(await maya.page.locator('.large-emoji .text').allTextContents()).toEqual(['👩‍👩‍👦 🇫🇷❤️']);
});

test('A message goes on to other conversations with its files, as one of one’s own', async () => {
  const { maya, tom } = await pair();
  const lea = await registered('Lea');
  await maya.startTalkingTo('Lea', lea.username);
  await lea.open('Maya');
  await maya.open('Tom');
  await tom.attach('harbour.png', 'image/png', await picture(800, 600).png().toBuffer());
  await tom.attached('harbour.png');
  await tom.say('The harbour');
  await maya.message('The harbour').locator('.album img').waitFor();
  await maya.act('The harbour', 'Forward');
  const dialog = maya.page.getByRole('dialog', { name: 'Forward to' });
  await dialog.getByLabel('Find a conversation').fill('le');
  await dialog.getByRole('button', { name: 'Lea' }).click();
  await dialog.getByRole('button', { name: 'Forward', exact: true }).click();
  await maya.page.getByRole('heading', { name: 'Lea' }).waitFor();
  await lea.message('The harbour').locator('.album img').waitFor();
  expect(await lea.texts()).toEqual(['The harbour']);
});
