import { expect, inject, test } from 'vitest';
import { sendByProgram } from '#test/helpers/program.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { alone, pair } = useVisitors();

test('Scrolling to the beginning and back shows each message in its place, and few are in the document', async () => {
  const lines = Array.from({ length: 120 }, (_, index) => `line ${index}${' and more'.repeat((index % 7) * 8)}`);
  const { maya } = await alone({ lines });
  await maya.message(lines[119] ?? '').waitFor();
  const up = await maya.scroll(-600, () => maya.message('line 0').isVisible());
  expect(up.seen.toReversed()).toEqual(lines);
  const down = await maya.scroll(600, () => maya.message(lines[119] ?? '').isVisible());
  expect(down.seen).toEqual(lines);
  expect([...up.jumps, ...down.jumps]).toEqual([]);
  expect(Math.max(up.most, down.most)).toBeLessThan(400);
});

test('What arrives while somebody reads further up moves nothing, and who is at the end follows it', async () => {
  const { maya, tom } = await pair({ lines: Array.from({ length: 60 }, (_, index) => `line ${index}`) });
  await maya.message('line 59').waitFor();
  await tom.say('Do you follow?');
  await expect.poll(() => maya.message('Do you follow?').isVisible()).toBe(true);
  await maya.field.fill('many\nlines\nthat\ntake\nroom');
  const isAtEnd = `{
    const { scrollTop, scrollHeight, clientHeight } = document.querySelector('.scroller');
    scrollTop + clientHeight > scrollHeight - 2;
  }`;
  await expect.poll(() => maya.page.evaluate(isAtEnd)).toBe(true);
  await maya.field.fill('');
  await maya.scroll(-350, () => maya.message('line 30').isVisible());
  await maya.page.locator('.day-pill', { hasText: 'Today' }).waitFor();
  const before = await maya.message('line 40').boundingBox();
  await tom.say('Still there?');
  await maya.entry('Tom').filter({ hasText: 'Still there?' }).waitFor();
  expect(await maya.message('line 40').boundingBox()).toEqual(before);
  await maya.say('I am');
  await expect.poll(() => maya.message('I am').isVisible()).toBe(true);
});

test('A search leads to a message far back, and the way on from there leads to the newest', async () => {
  const lines = Array.from({ length: 110 }, (_, index) => `line ${index}`);
  const { maya } = await alone({ lines: ['The lemonade is in the cellar', ...lines] });
  await maya.page.getByRole('button', { name: 'Search all messages' }).click();
  await maya.page.getByLabel('Words').fill('lemon cellar');
  await maya.page.getByRole('button', { name: 'The lemonade is in the cellar' }).click();
  const found = maya.page.locator('.message:focus').filter({ hasText: 'The lemonade is in the cellar' });
  await found.waitFor();
  const { seen, jumps } = await maya.scroll(600, () => maya.message('line 109').isVisible());
  expect(seen).toEqual(['The lemonade is in the cellar', ...lines]);
  expect(jumps).toEqual([]);
  await maya.scroll(-350, () => maya.message('line 80').isVisible());
  await maya.page.getByRole('button', { name: 'To the latest message' }).click();
  await expect.poll(() => maya.message('line 109').isVisible()).toBe(true);
});

test('Who waits at the end of a passage for what follows goes on reading from there', async () => {
  // So many that the passage doesn't reach what the page has of the newest ones.
  const lines = Array.from({ length: 220 }, (_, index) => `line ${index}`);
  const { maya } = await alone({ lines: ['The lemonade is in the cellar', ...lines] });
  const held = Promise.withResolvers<void>();
  let asked = 0;
  await maya.page.route(/messages\?.*after=/, async (route) => {
    asked += 1;
    // The first one asks for the passage itself.
    if (asked > 1) await held.promise;
    await route.continue();
  });
  await maya.page.getByRole('button', { name: 'Search all messages' }).click();
  await maya.page.getByLabel('Words').fill('lemon cellar');
  await maya.page.getByRole('button', { name: 'The lemonade is in the cellar' }).click();
  await maya.page.locator('.message:focus').waitFor();
  const isAtEnd = () =>
    maya.page.evaluate<boolean>(`{
    const { scrollTop, scrollHeight, clientHeight } = document.querySelector('.scroller');
    scrollTop + clientHeight > scrollHeight - 2;
  }`);
  await maya.scroll(600, isAtEnd);
  const last = (await maya.texts()).at(-1) ?? '';
  const before = await maya.message(last).boundingBox();
  held.resolve();
  await maya.message(`line ${lines.indexOf(last) + 1}`).waitFor();
  expect(await maya.message(last).boundingBox()).toEqual(before);
});

test('A conversation opens where one stopped reading, and only what was seen is read', async () => {
  const { maya, tom } = await pair();
  // Maya began the conversation, so she learns nothing of Tom until he has written.
  await tom.say('Seen');
  await maya.message('Seen').waitFor();
  await tom.page.goto(inject('url'));
  const lines = Array.from({ length: 90 }, (_, index) => `line ${index}`);
  await sendByProgram(maya.username, new URL(maya.page.url()).hash.slice(2), lines);
  await tom.entry('Maya').filter({ hasText: '90 unread' }).waitFor();
  await tom.open('Maya');
  await tom.message('line 0').waitFor();
  await tom.page.getByText('New messages').waitFor();
  const toLatest = tom.page.getByRole('button', { name: /To the latest message, \d\d new/ });
  await toLatest.waitFor();
  await expect.poll(() => tom.page.title()).toMatch(/^\([67]\d\) STORM$/);
  await toLatest.click();
  await expect.poll(() => tom.page.title()).toBe('STORM');
  await maya.message('line 89', 'Read').waitFor();
});
