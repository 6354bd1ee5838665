import { expect, test } from 'vitest';
import { newUsername } from '#test/helpers/sign-up.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { arrive, pair, registered } = useVisitors();

const denied = `() => { throw new DOMException('It is denied.', 'SecurityError'); }`;
const faults = {
  'denies all storage and has no Web Locks': `
    IDBFactory.prototype.open = IDBFactory.prototype.databases = ${denied};
    Object.defineProperty(window, 'localStorage', { get: ${denied} });
    delete Navigator.prototype.locks;`,
  'never answers an access to storage and has no BroadcastChannel': `
    IDBFactory.prototype.open = () => ({});
    IDBFactory.prototype.databases = () => new Promise(() => {});
    delete window.BroadcastChannel;`,
};

test.each(Object.entries(faults))('People can talk in a browser that %s', async (_, fault) => {
  const tom = await registered('Tom');
  const maya = await arrive();
  await maya.page.addInitScript(fault);
  await maya.page.reload();
  await maya.register('Maya', newUsername('Maya'));
  await maya.startTalkingTo('Tom', tom.username);
  await maya.say('One', 'Two');
  await maya.message('Two', 'Sent').waitFor();
  await tom.open('Maya');
  await tom.say('Three');
  await maya.message('Three').waitFor();
  expect(maya.complaints).toEqual([]);
});

test('What is unsent outlives the page, even if the browser closed its database meanwhile', async () => {
  const { maya, tom } = await pair();
  await maya.say('One');
  await maya.message('One', 'Sent').waitFor();
  // Deleting a database closes the connections to it.
  await maya.page.evaluate(`(async () => {
    for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name);
  })()`);
  await maya.page.context().setOffline(true);
  await maya.say('Two');
  await maya.message('Two', 'Sending').waitFor();
  await maya.page.context().setOffline(false);
  await maya.page.reload();
  await tom.message('Two').waitFor();
});
