import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Storm, startStorm } from '#test/helpers/storm.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { pair } = useVisitors();
let storm: Storm;

beforeAll(async () => {
  storm = await startStorm(inject('assembly'));
});

afterAll(() => storm[Symbol.asyncDispose]());

test('After kill -9 nothing that was acknowledged is gone, and the pages come back by themselves', async () => {
  const { maya, tom } = await pair({ url: storm.url });
  await maya.say('one', 'two');
  await maya.message('two', 'Sent').waitFor();

  await maya.say('three');
  await storm.kill();
  await tom.page.getByText('Reconnecting…').waitFor();
  await tom.say('four');
  await tom.message('four', 'Sending').waitFor();
  await storm.start();

  for (const person of [maya, tom]) {
    await person.page.getByText('Reconnecting…').waitFor({ state: 'hidden', timeout: 60_000 });
    for (const text of ['three', 'four']) await person.message(text).waitFor();
    await expect.poll(() => person.page.locator('.message.pending').count()).toBe(0);
  }
  expect(await tom.texts()).toEqual(await maya.texts());

  for (const person of [maya, tom]) {
    const before = await person.texts();
    await person.page.reload();
    await expect.poll(() => person.texts()).toEqual(before);
    await person.page.getByText('Connecting…').waitFor({ state: 'hidden' });
    expect(await person.texts()).toEqual(before);
    expect([...before].sort()).toEqual(['four', 'one', 'three', 'two']);
  }
});
