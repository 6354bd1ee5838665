import { expect, inject, test } from 'vitest';
import { signUp } from '#test/helpers/sign-up.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { alone, pair } = useVisitors();

test('Ctrl+K finds a conversation by its title without the mouse, and Escape leaves the search', async () => {
  const { maya } = await alone();
  const lea = await signUp(inject('url'), 'Lea');
  await maya.startTalkingTo('Lea', lea.username);
  const search = maya.page.getByRole('dialog', { name: 'Search' });
  await maya.field.press('Control+k');
  await search.getByLabel('Words').fill('to');
  await search.getByRole('link', { name: 'Tom' }).waitFor();
  await maya.page.keyboard.press('ArrowDown');
  expect(await maya.page.evaluate('document.activeElement.textContent')).toContain('Tom');
  await maya.page.keyboard.press('Enter');
  await maya.page.getByRole('heading', { name: 'Tom' }).waitFor();
  await maya.field.press('Control+k');
  await search.waitFor();
  await maya.page.keyboard.press('Escape');
  await search.waitFor({ state: 'detached' });
  expect(maya.complaints).toEqual([]);
});

test('Arrow keys move in the list of conversations', async () => {
  const { maya } = await alone();
  const lea = await signUp(inject('url'), 'Lea');
  await maya.startTalkingTo('Lea', lea.username);
  await maya.entry('Lea').focus();
  await maya.page.keyboard.press('ArrowDown');
  await maya.page.keyboard.press('Enter');
  await maya.page.getByRole('heading', { name: 'Tom' }).waitFor();
});

test('From one hit of a search the person goes to the next, and back to all hits', async () => {
  const lines = Array.from({ length: 120 }, (_, index) => (index % 50 === 0 ? `lemons ${index}` : `line ${index}`));
  const { maya } = await alone({ lines });
  await maya.page.getByRole('button', { name: 'Search here' }).click();
  await maya.page.getByLabel('Words').fill('lemons');
  const hits = maya.page.getByRole('list', { name: 'Hits' });
  await hits.getByRole('button').nth(2).waitFor();
  await hits.getByRole('button', { name: 'lemons 100' }).click();
  const marked = (text: string) => maya.page.locator('.message:focus').filter({ hasText: text }).waitFor();
  await marked('lemons 100');
  const bar = maya.page.getByRole('toolbar', { name: 'Hits' });
  await bar.getByText('1 of 3').waitFor();
  await bar.getByRole('button', { name: 'Earlier hit' }).click();
  await marked('lemons 50');
  await bar.getByRole('button', { name: 'Earlier hit' }).click();
  await marked('lemons 0');
  await bar.getByRole('button', { name: 'All hits' }).click();
  await hits.getByRole('button', { name: 'lemons 0' }).and(maya.page.locator(':focus')).waitFor();
  await maya.page.keyboard.press('Escape');
  await bar.getByRole('button', { name: 'End the search' }).click();
  await bar.waitFor({ state: 'detached' });
  expect(maya.complaints).toEqual([]);
});

test('The person goes to a day, and is told when nothing was written since', async () => {
  const { maya } = await alone({ lines: Array.from({ length: 60 }, (_, index) => `line ${index}`) });
  await maya.message('line 59').waitFor();
  await maya.page.getByRole('button', { name: 'Search here' }).click();
  await maya.page.getByLabel('Go to a day').fill('2020-01-01');
  await maya.page.getByRole('button', { name: 'Go', exact: true }).click();
  await maya.page.locator('.message:focus').filter({ hasText: 'line 0' }).waitFor();
  await maya.page.getByRole('button', { name: 'Search here' }).click();
  await maya.page.getByLabel('Go to a day').fill('2999-01-01');
  await maya.page.getByRole('button', { name: 'Go', exact: true }).click();
  await maya.page.getByText('Nothing was written on that day or since.').waitFor();
});

test('A message is read only when it was on screen in a window that somebody looks at', async () => {
  const { maya, tom } = await pair();
  await tom.say('Ahoy');
  await maya.message('Ahoy').waitFor();
  await tom.page.evaluate(`
    globalThis.looks = (looks) => {
      document.hasFocus = () => looks;
      dispatchEvent(new Event(looks ? 'focus' : 'blur'));
    };
    looks(false);`);
  await maya.say('Do you see this?');
  await tom.message('Do you see this?').waitFor();
  await maya.message('Do you see this?', 'Delivered').waitFor();
  // What comes later is told later: when this was received, the first would have been read.
  await maya.say('And this?');
  await tom.message('And this?').waitFor();
  await maya.message('And this?', 'Delivered').waitFor();
  expect(await maya.message('Do you see this?', 'Read').count()).toBe(0);
  await tom.page.evaluate('looks(true)');
  await maya.message('Do you see this?', 'Read').waitFor();
  await maya.message('And this?', 'Read').waitFor();
});
