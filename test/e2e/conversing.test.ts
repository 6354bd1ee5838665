import { expect, inject, test } from 'vitest';
import { limits } from '#protocol/limits.ts';
import { film } from '#test/helpers/files.ts';
import { newUsername, signUp } from '#test/helpers/sign-up.ts';
import { password } from '#test/helpers/visitor.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { arrive, registered, pair } = useVisitors();

test('Edits, deletions, reactions and answers are seen live, and again after a reload', async () => {
  const { maya, tom } = await pair();
  await maya.say('Hello Tim', 'Where are you?', 'Never mind');
  await tom.act('Where are you?', 'Reply');
  await tom.say('At the station');
  await maya.page.getByRole('button', { name: 'In answer to You Where are you?' }).click();
  await maya.page.locator('.message:focus').filter({ hasText: 'Where are you?' }).waitFor();
  await maya.page.getByRole('button', { name: 'Back to where you were' }).click();
  await maya.page.locator('.message:focus').filter({ hasText: 'At the station' }).waitFor();
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
    // What was kept is shown before what came since.
    await expect.poll(() => person.texts()).toEqual(texts);
    await person.page.getByRole('button', { name: /^😂 2/, pressed: true }).waitFor();
  }
  await maya.act('Hello Tom', 'Earlier versions');
  await maya.page.getByRole('dialog', { name: 'Earlier versions' }).getByText('Hello Tim').waitFor();
  expect([...maya.complaints, ...tom.complaints]).toEqual([]);
});

test('Arrow up edits the last own message, and Escape leaves it and what was begun before', async () => {
  const { maya, tom } = await pair();
  await maya.say('Half past sevn');
  await tom.message('Half past sevn').waitFor();
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

test('What was begun waits in its conversation, also over a reload, and goes when the person logs out', async () => {
  const { maya, tom } = await pair();
  const lea = await signUp(inject('url'), 'Lea');
  await tom.say('مرحبا hello');
  await maya.page.locator('.text:dir(rtl)').waitFor();
  await maya.act('مرحبا hello', 'Reply');
  await maya.attach('boats.mp4', 'video/mp4', film());
  await maya.field.fill('Half a thou');
  await maya.startTalkingTo('Lea', lea.username);
  expect(await maya.field.inputValue()).toBe('');
  await maya.entry('Tom').getByText('Draft: Half a thou').waitFor();
  await maya.page.getByText('boats.mp4').waitFor({ state: 'detached' });
  await maya.open('Tom');
  expect(await maya.field.inputValue()).toBe('Half a thou');
  await maya.page.getByText('Reply to Tom').waitFor();
  await maya.attached('boats.mp4');
  await maya.page.reload();
  await maya.field.waitFor();
  expect(await maya.field.inputValue()).toBe('Half a thou');
  await maya.page.getByText('Reply to Tom').waitFor();
  await maya.attached('boats.mp4');
  const second = await maya.another();
  await second.page.goto(maya.page.url());
  await second.field.waitFor();
  await second.field.fill('Half a thought');
  await expect.poll(() => maya.field.inputValue()).toBe('Half a thought');
  await second.attach('rowing.mp4', 'video/mp4', film());
  await maya.attached('rowing.mp4');
  await maya.page.getByRole('button', { name: 'Remove boats.mp4' }).click();
  await second.page.getByText('boats.mp4').waitFor({ state: 'detached' });
  await second.page.close();
  await maya.page.getByRole('button', { name: 'Log out' }).click();
  await maya.page.getByRole('button', { name: 'Log out and delete it' }).click();
  await maya.page.getByRole('heading', { name: 'Log in' }).waitFor();
  await maya.logIn(maya.username, password);
  await maya.field.waitFor();
  expect(await maya.field.inputValue()).toBe('');
});

test('Names that run from right to left don’t turn the line that they are in', async () => {
  const maya = await registered('Maya');
  const [layla, omar] = [await arrive(), await arrive()];
  const usernames = [newUsername('Layla'), newUsername('Omar')] as const;
  await layla.register('ليلى', usernames[0]);
  await omar.register('عمر', usernames[1]);
  await maya.startGroup('Launch week', ...usernames);
  const names = maya.page.locator('.conversation-header small bdi');
  await names.filter({ hasText: 'ليلى' }).waitFor();
  await names.filter({ hasText: 'عمر' }).waitFor();
  const [first, second] = [await names.nth(0).boundingBox(), await names.nth(1).boundingBox()];
  expect(first?.x).toBeLessThan(second?.x ?? 0);
});

test('Addresses become links, up to the punctuation of any script', async () => {
  const { maya, tom } = await pair();
  await maya.say('看https://example.com，谢谢 or www.example.org, or ann@example.com');
  const links = tom.page.locator('.text a');
  await links.nth(2).waitFor();
  expect(await links.allTextContents()).toEqual(['https://example.com', 'www.example.org', 'ann@example.com']);
  expect(await links.nth(2).getAttribute('href')).toBe('mailto:ann@example.com');
});

test('Who writes sees when it was read, and who reads sees that somebody writes, until they stop', async () => {
  const { maya, tom } = await pair({ clock: true });
  // Maya began the conversation, so she learns nothing of Tom until he has written.
  await tom.say('Ahoy');
  await maya.message('Ahoy').waitFor();
  await maya.field.pressSequentially('Hel');
  await tom.page.getByText('Maya is typing').waitFor();
  await tom.pass(limits.typingLapseSeconds * 1_000);
  await tom.page.getByText('Maya is typing').waitFor({ state: 'hidden' });
  await tom.page.goto(inject('url'));
  await maya.say('Hello');
  await maya.message('Hello', 'Delivered').waitFor();
  await tom.open('Maya');
  await tom.page.getByText('New messages').waitFor();
  await maya.message('Hello', 'Read').waitFor();
  await maya.entry('Tom').getByText('Read').waitFor();
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

test('What is written while an edit is being saved is a message of its own', async () => {
  const { maya, tom } = await pair();
  await maya.say('Half past sevn');
  await maya.message('Half past sevn', 'Sent').waitFor();
  await maya.field.press('ArrowUp');
  await maya.field.fill('Half past seven');
  await maya.page.context().setOffline(true);
  await maya.field.press('Enter');
  await maya.field.pressSequentially('And bring cake');
  await maya.page.context().setOffline(false);
  expect(await maya.field.inputValue()).toBe('And bring cake');
  await maya.field.press('Enter');
  await tom.message('And bring cake').waitFor();
  await tom.message('Half past seven').waitFor();
  expect(await tom.texts()).toEqual(['Half past seven', 'And bring cake']);
});
