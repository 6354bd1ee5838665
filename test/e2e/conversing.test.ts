import { expect, inject, test } from 'vitest';
import { film } from '#test/helpers/files.ts';
import { sendByProgram } from '#test/helpers/program.ts';
import { password } from '#test/helpers/visitor.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { pair, registered } = useVisitors();

test('Edits, deletions, reactions and answers are seen live, and again after a reload', async () => {
  const { maya, tom } = await pair();
  await maya.say('Hello Tim', 'Where are you?', 'Never mind');
  await tom.act('Where are you?', 'Reply');
  await tom.say('At the station');
  await maya.page.getByRole('button', { name: 'In answer to You Where are you?' }).waitFor();
  await tom.act('Hello Tim', '😂');
  await maya.page.getByRole('button', { name: '😂 1, by Tom', pressed: false }).click();
  await tom.page.getByRole('button', { name: '😂 2, by you and Maya', pressed: true }).waitFor();
  await maya.act('Hello Tim', 'Edit');
  await maya.field.fill('Hello Tom');
  await maya.field.press('Enter');
  await tom.message('Hello Tom').filter({ hasText: 'edited' }).waitFor();
  await maya.act('Never mind', 'Delete', 'Delete for everyone');
  const texts = ['Hello Tom', 'Where are you?', 'This message was deleted', 'At the station'];
  for (const person of [maya, tom]) {
    await person.message('This message was deleted').waitFor();
    expect(await person.texts()).toEqual(texts);
    await person.page.reload();
    await person.page.getByRole('button', { name: /^😂 2/, pressed: true }).waitFor();
    expect(await person.texts()).toEqual(texts);
  }
  await maya.act('Hello Tom', 'Earlier versions');
  await maya.page.getByRole('dialog', { name: 'Earlier versions' }).getByText('Hello Tim').waitFor();
  expect([...maya.complaints, ...tom.complaints]).toEqual([]);
});

test('Arrow up edits the last own message, and Escape leaves it and what was begun before', async () => {
  const { maya, tom } = await pair();
  await maya.say('Half past sevn');
  await tom.say('Fine');
  await tom.message('Fine', 'Sent').waitFor();
  await maya.message('Half past sevn', 'Sent').waitFor();
  await maya.field.press('ArrowUp');
  expect(await maya.field.inputValue()).toBe('Half past sevn');
  await maya.field.fill('Never');
  await maya.field.press('Escape');
  expect(await maya.field.inputValue()).toBe('');
  await maya.field.press('ArrowUp');
  await maya.field.fill('Half past seven');
  await maya.field.press('Enter');
  await tom.message('Half past seven').waitFor();
  expect(await tom.texts()).toEqual(['Half past seven', 'Fine']);
});

test('What was begun waits in its conversation, its words over a reload, too, and goes when the person logs out', async () => {
  const { maya, tom } = await pair();
  const lea = await registered('Lea');
  await tom.say('مرحبا hello');
  await maya.page.locator('.text:dir(rtl)').waitFor();
  await maya.act('مرحبا hello', 'Reply');
  await maya.attach('boats.mp4', 'video/mp4', film());
  await maya.field.fill('Half a thou');
  await maya.startTalkingTo('Lea', lea.username);
  expect(await maya.field.inputValue()).toBe('');
  await maya.page.getByText('boats.mp4').waitFor({ state: 'detached' });
  await maya.open('Tom');
  expect(await maya.field.inputValue()).toBe('Half a thou');
  await maya.page.getByText('Reply to Tom').waitFor();
  await maya.attached('boats.mp4');
  await maya.page.reload();
  await maya.field.waitFor();
  expect(await maya.field.inputValue()).toBe('Half a thou');
  await maya.logOut();
  await maya.logIn(maya.username, password);
  await maya.field.waitFor();
  expect(await maya.field.inputValue()).toBe('');
});

test('Who writes sees when it was read, and who reads sees that somebody writes, until they stop', async () => {
  const { maya, tom } = await pair();
  await maya.field.pressSequentially('Hel');
  await tom.page.getByText('Maya is typing').waitFor();
  await tom.page.getByText('Maya is typing').waitFor({ state: 'hidden' });
  await tom.page.goto(inject('url'));
  await maya.say('Hello');
  await maya.message('Hello', 'Delivered').waitFor();
  await tom.open('Maya');
  await tom.page.getByText('New messages').waitFor();
  await maya.message('Hello', 'Read').waitFor();
});

test('What is read on one device is read on the other, and both show who is online', async () => {
  const { maya, tom } = await pair();
  const phone = await tom.another();
  await phone.page.goto(inject('url'));
  await tom.page.goto(inject('url'));
  await maya.say('Hello');
  await phone.entry('Maya').filter({ hasText: '1 unread' }).waitFor();
  await tom.open('Maya');
  await phone.entry('Maya').filter({ hasNotText: 'unread' }).waitFor();
  await phone.entry('Maya').filter({ hasText: 'online' }).waitFor();
});

test('Those who run a group change it, and who is removed loses it at once', async () => {
  const [maya, tom, lea] = [await registered('Maya'), await registered('Tom'), await registered('Lea')];
  await maya.startGroup('Picnic', tom.username, lea.username);
  await tom.open('Picnic');
  await lea.open('Picnic');
  const details = await maya.openDetails();
  await details.getByLabel('Role of Tom').selectOption('Admin');
  await details.getByLabel('Name of the group').fill('Picnic on Sunday');
  await details.getByRole('button', { name: 'Rename' }).click();
  await tom.page.getByRole('heading', { name: 'Picnic on Sunday' }).waitFor();
  const ofTom = await tom.openDetails();
  await ofTom.getByRole('button', { name: 'Remove Lea' }).click();
  await ofTom.getByRole('button', { name: 'Really?' }).click();
  await lea.page.getByText('Choose one on the left').waitFor();
  await lea.page.getByText('Nobody here yet').waitFor();
  await details.getByText('2 members').waitFor();
  await details.getByRole('button', { name: 'Add people' }).click();
  await details.getByLabel('Find people by username').fill(lea.username);
  await details.getByRole('button', { name: `@${lea.username}` }).click();
  await lea.open('Picnic on Sunday');
  for (const role of ['Owner …', 'Admin', 'Owner …']) await details.getByLabel('Role of Tom').selectOption(role);
  await details.getByRole('button', { name: 'Hand over' }).click();
  await details.getByRole('button', { name: 'Really hand over' }).click();
  await ofTom.getByLabel('Role of Maya').waitFor();
  await details.getByRole('button', { name: 'Leave the group' }).click();
  await details.getByRole('button', { name: 'Really leave' }).click();
  await maya.page.getByText('Nobody here yet').waitFor();
});

test('A search leads to a message far back, and the way on from there leads to the newest', async () => {
  const { maya, tom } = await pair();
  const lines = Array.from({ length: 110 }, (_, index) => `line ${index}`);
  await sendByProgram(maya, ['The lemonade is in the cellar', ...lines]);
  await tom.page.goto(inject('url'));
  await tom.page.getByRole('button', { name: 'Search all messages' }).click();
  await tom.page.getByLabel('Words').fill('lemon cellar');
  await tom.page.getByRole('button', { name: 'The lemonade is in the cellar' }).click();
  await tom.page.locator('.message:focus').filter({ hasText: 'The lemonade is in the cellar' }).waitFor();
  expect(await tom.texts()).toHaveLength(51);
  await tom.page.getByRole('button', { name: 'Newer messages' }).click();
  await tom.message('line 109').waitFor();
  expect(await tom.texts()).toEqual(['The lemonade is in the cellar', ...lines]);
  await tom.page.getByRole('button', { name: 'To the latest message' }).click();
  await expect.poll(async () => (await tom.texts()).length).toBe(50);
});

test('Whom one has blocked can no longer write, and a switch falls back where nothing came of it', async () => {
  const { maya, tom } = await pair();
  const details = await maya.openDetails();
  await details.getByLabel('Block').check();
  await details.locator('[aria-busy=false]').and(details.getByLabel('Block')).waitFor();
  await tom.say('Are you there?');
  await tom.page.getByText('Not sent. You aren’t allowed to do that.').waitFor();
  await maya.page.context().setOffline(true);
  await details.getByLabel('Mute').click();
  await details.getByRole('alert').filter({ hasText: 'reached' }).waitFor();
  expect(await details.getByLabel('Mute').isChecked()).toBe(false);
});

test('A name is changed in the settings, and with the account go its name and its messages', async () => {
  const { maya, tom } = await pair();
  await maya.say('Hello');
  await maya.page.getByRole('button', { name: 'Settings' }).click();
  await maya.page.getByLabel('Your name').fill('Maya K.');
  await maya.page.getByRole('button', { name: 'Save' }).click();
  await maya.page.getByText('Saved.').waitFor();
  await tom.message('Hello').waitFor();
  await tom.page.reload();
  await tom.page.getByRole('heading', { name: 'Maya K.' }).waitFor();
  await maya.page.getByRole('button', { name: 'Delete my account' }).click();
  await maya.page.getByRole('button', { name: 'Delete it all, for ever' }).click();
  await maya.page.getByRole('heading', { name: 'Log in' }).waitFor();
  await tom.message('This message was deleted').waitFor();
  await tom.page.reload();
  await tom.page.getByRole('heading', { name: 'Deleted user' }).waitFor();
  await maya.logIn(maya.username, password);
  await maya.page.getByText('The name or the password is wrong.').waitFor();
});
