import { expect, test } from 'vitest';
import { useVisitors } from '#test/helpers/visitors.ts';

const { registered } = useVisitors();

/** The lines between the messages. */
const lines = (page: Awaited<ReturnType<typeof registered>>['page']) => page.locator('.change').allTextContents();

test('Who came and went, and what was changed, stands between the messages, also after a reload', async () => {
  const [maya, tom, lea] = [await registered('Maya'), await registered('Tom'), await registered('Lea')];
  await maya.startGroup('Picnic', tom.username);
  await tom.open('Picnic');
  await maya.say('Morning');
  const details = await maya.openDetails();
  await details.getByRole('button', { name: 'Add people' }).click();
  await maya.choose(lea.username);
  await lea.open('Picnic');
  await maya.actOn('Tom', 'Make an admin');
  await details.getByLabel('Name of the group').fill('Picnic on Sunday');
  await details.getByRole('button', { name: 'Rename' }).click();
  await details.getByRole('button', { name: 'Close' }).click();
  await maya.say('Who brings what?');
  const ofLea = await lea.openDetails();
  await ofLea.getByRole('button', { name: 'Leave the group' }).click();
  await ofLea.getByRole('button', { name: 'Really leave' }).click();
  const expected = ['Maya added Lea', 'Maya made you an admin', 'Maya named the group “Picnic on Sunday”', 'Lea left'];
  await expect.poll(() => lines(tom.page)).toEqual(expected);
  await tom.page.reload();
  await expect.poll(() => lines(tom.page)).toEqual(expected);
  await maya.page.reload();
  await expect
    .poll(() => lines(maya.page))
    .toEqual(expected.map((line) => line.replace('Maya', 'You').replace('you an', 'Tom an')));
  expect(await tom.texts()).toEqual(['Morning', 'Who brings what?']);
});
