import axe from 'axe-core';
import { expect, test } from 'vitest';
import { picture } from '#test/helpers/files.ts';
import { unreachable } from '#test/helpers/reachable.ts';
import { type Person, useVisitors } from '#test/helpers/visitors.ts';

const { arrive, pair } = useVisitors();

const wide = { width: 1280, height: 800 };
const narrow = { width: 360, height: 740 };

/** What has the focus, if a person can see it. */
const focused = ({ page }: Person) =>
  page.evaluate<string>(`{
    const { activeElement } = document;
    activeElement !== document.body && activeElement.checkVisibility({ visibilityProperty: true }) ? activeElement.outerHTML.slice(0, 80) : '';
  }`);

/** Keeps what is drawn by nothing but a ground: forced colours take it away. */
const drawnByGround = `{
  const groundOf = (one) => getComputedStyle(one).backgroundColor + getComputedStyle(one).backgroundImage;
  globalThis.drawn = [...document.querySelectorAll('body *')].filter((one) => {
    const { width, height } = one.getBoundingClientRect();
    const isEmpty = one.textContent.trim() === '' && !one.matches('img, svg, svg *, input, video') && !one.querySelector('img, svg, input, video');
    return isEmpty && width > 0 && height > 0 && one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !/^rgba\\(0, 0, 0, 0\\)none$/.test(groundOf(one));
  });
}`;

/** What can't be seen of that any more, and text that can't be read. */
const lost = `(async () => {
  const { violations } = await axe.run({ runOnly: ['color-contrast'] });
  const invisible = globalThis.drawn.filter((one) => {
    const { borderTopStyle, outlineStyle, forcedColorAdjust } = getComputedStyle(one);
    return borderTopStyle === 'none' && outlineStyle === 'none' && forcedColorAdjust !== 'none';
  });
  return [...violations.flatMap(({ nodes }) => nodes.map(({ html }) => html)), ...invisible.map((one) => one.outerHTML)];
})()`;

test('Whatever is open while a window is narrowed can be used and closed, and then the page has the focus again', async () => {
  const { maya, tom } = await pair();
  const { page } = maya;
  await tom.attach('harbour.png', 'image/png', await picture(800, 600).png().toBuffer());
  await tom.attached('harbour.png');
  await tom.say('The harbour');
  await maya.say('At tne');
  await maya.act('At tne', 'Edit');
  await maya.field.fill('At ten');
  await maya.field.press('Enter');
  await maya.message('At ten', 'Sent').filter({ hasText: 'edited' }).waitFor();
  await maya.message('The harbour').locator('.tile img').waitFor();
  await maya.field.fill('Not sent yet');
  const press = (name: string) => page.getByRole('button', { name, exact: true }).press('Enter');
  const openings: Record<string, () => Promise<void>> = {
    search: () => press('Search all messages'),
    'new-conversation': () => press('New conversation'),
    settings: () => press('Settings'),
    leaving: () => press('Log out'),
    'search-here': () => press('Search here'),
    details: () => press('Details'),
    emoji: () => press('Emoji'),
    menu: () => maya.act('At ten'),
    versions: () => maya.act('At ten', 'Earlier versions'),
    forward: () => maya.act('At ten', 'Forward'),
    picture: () => press('Open the picture'),
  };
  const found: string[] = [];
  const open = page.locator('dialog[open], :popover-open');
  for (const [name, begin] of Object.entries(openings)) {
    await page.setViewportSize(wide);
    await begin();
    await open.waitFor();
    await page.setViewportSize(narrow);
    found.push(...(await unreachable(page, `narrowed-${name}`)));
    await page.keyboard.press('Escape');
    await open.waitFor({ state: 'detached' });
    await expect.poll(() => focused(maya), { message: name }).not.toBe('');
    await maya.field.click({ trial: true });
  }
  expect(found).toEqual([]);
  await maya.act('At ten', 'Delete', 'Delete for everyone');
  await maya.message('This message was deleted').waitFor();
  await expect.poll(() => focused(maya)).not.toBe('');
});

test('Screen readers are told what others write, once, and nothing of what scrolls into sight', async () => {
  const { maya, tom } = await pair();
  await maya.say('Ahoy');
  await tom.say('Ahoy yourself', 'Fine day');
  const told = maya.page.locator('.conversation-pane > [aria-live=polite]');
  await expect.poll(() => told.locator('p').allTextContents()).toEqual(['Tom: Ahoy yourself', 'Tom: Fine day']);
  expect(await maya.page.getByRole('log', { name: 'Messages' }).getAttribute('aria-live')).toBe('off');
  await maya.page.context().setOffline(true);
  await maya.page.getByRole('status').getByText('You are offline.').waitFor();
});

test('Each paragraph runs in the direction of its own script', async () => {
  const { maya, tom } = await pair();
  const lines = ['Hello everybody, see you', 'مرحبا hello', 'Bye'];
  await maya.say(lines.join('\n'));
  const text = tom.page.locator('.message .text');
  await text.waitFor();
  const places = await tom.page.evaluate<[number, number][]>(
    `(() => {
      const node = document.querySelector('.message .text').firstChild;
      const left = (at) => {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        return range.getBoundingClientRect().left;
      };
      let from = 0;
      return node.data.split('\\n').map((line) => {
        const ends = [left(from), left(from + line.length - 1)];
        from += line.length + 1;
        return ends;
      });
    })()`,
  );
  expect(places.map(([first, last]) => (first < last ? 'ltr' : 'rtl'))).toEqual(['ltr', 'rtl', 'ltr']);
});

test('A browser below the floor is told so before anything is shown, and what it lacks', async () => {
  const { page } = await arrive();
  await page.addInitScript('delete HTMLElement.prototype.popover; delete URL.canParse;');
  await page.reload();
  await page.getByText('This one lacks: URL.canParse, popover').waitFor();
  expect(await page.getByRole('heading').count()).toBe(0);
});

test('With forced colours nothing disappears, and all text can be read', async () => {
  const { maya, tom } = await pair();
  const { page } = maya;
  await tom.attach('harbour.png', 'image/png', await picture(800, 600).png().toBuffer());
  await tom.attached('harbour.png');
  await tom.say('The harbour');
  await maya.act('The harbour', '👍');
  await page.getByRole('button', { name: /^👍 1/ }).waitFor();
  await page.evaluate(axe.source);
  const found: string[] = [];
  const check = async () => {
    await page.evaluate(drawnByGround);
    await page.emulateMedia({ forcedColors: 'active' });
    found.push(...(await page.evaluate<string[]>(lost)));
    await page.emulateMedia({ forcedColors: 'none' });
  };
  await check();
  await maya.openSettings('Privacy');
  await expect.poll(() => page.getByLabel('Be invisible').isEnabled()).toBe(true);
  await check();
  expect(found).toEqual([]);
});

test('On a phone without a network that is said above the messages, and what is written then waits', async () => {
  const { maya, tom } = await pair({ viewport: narrow, hasTouch: true, isMobile: true });
  await maya.page.context().setOffline(true);
  const said = maya.page.getByText('You are offline.');
  await said.waitFor();
  await maya.say('I am in a tunnel');
  await maya.message('I am in a tunnel', 'Sending').waitFor();
  expect(await unreachable(maya.page, 'offline-phone')).toEqual([]);
  await maya.page.context().setOffline(false);
  await said.waitFor({ state: 'detached' });
  await tom.message('I am in a tunnel').waitFor();
});
