import { expect, inject, test } from 'vitest';
import { Auth, Chat } from '#client/index.ts';
import { holdAnswers } from '#test/helpers/hold-answers.ts';
import { endpointsOf } from '#test/helpers/member.ts';
import { newUsername } from '#test/helpers/sign-up.ts';
import { mailOf } from '#test/helpers/target.ts';
import { password } from '#test/helpers/visitor.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { arrive, registered, pair } = useVisitors();

test('Two people find each other and talk, live, and find it all again after a reload', async () => {
  const [maya, tom] = [await arrive(), await arrive()];
  const username = newUsername('Tom');
  await maya.register('Maya', newUsername('Maya'));
  await tom.register('Tom', username);
  await maya.startTalkingTo('Tom', username);
  await tom.open('Maya');
  await maya.say('Hello Tom');
  await tom.message('Hello Tom').waitFor();
  await tom.say('Hello Maya');
  await maya.message('Hello Maya').waitFor();
  await maya.message('Hello Tom', 'Sent').waitFor();
  await maya.page.reload();
  await maya.message('Hello Maya').waitFor();
  expect(await maya.texts()).toEqual(['Hello Tom', 'Hello Maya']);
  expect([...maya.complaints, ...tom.complaints]).toEqual([]);
});

test('A group hears everyone, in one order', async () => {
  const people = [await registered('Maya'), await registered('Tom'), await registered('Lea')] as const;
  const [maya, tom, lea] = people;
  await maya.startGroup('Launch week', tom.username, lea.username);
  await tom.open('Launch week');
  await lea.open('Launch week');
  await Promise.all(people.map((person) => person.say('one', 'two', 'three')));
  for (const person of people) await expect.poll(() => person.page.locator('.message.pending').count()).toBe(0);
  for (const person of people) await expect.poll(async () => (await person.texts()).length).toBe(9);
  expect(await tom.texts()).toEqual(await maya.texts());
  expect(await lea.texts()).toEqual(await maya.texts());
});

test('A program talks with a person on the page', async () => {
  const maya = await registered('Maya');
  const { httpUrl, wsUrl } = await endpointsOf(inject('url'));
  const auth = new Auth({ httpUrl });
  const username = `bot-of-${maya.username}`;
  const registration = { username, email: mailOf(username), password };
  expect(await auth.register(registration)).toMatchObject({ ok: { displayName: registration.username } });
  const bot = new Chat({ auth, wsUrl });
  bot.on('message', ({ conversationId, message }) => {
    if (message.senderId !== auth.user?.id) void bot.send(conversationId, `You said: ${message.text}`);
  });
  await bot.open();
  await maya.startTalkingTo(registration.username, registration.username);
  await maya.say('Hello bot');
  await maya.message('You said: Hello bot').waitFor();
  bot.close();
});

test('What is not looked at is counted as unread, until it is', async () => {
  const { maya, tom } = await pair();
  await tom.page.goto(inject('url'));
  await tom.page.getByText('Choose one on the left').waitFor();
  await maya.say('one', 'two');
  await tom.entry('Maya').filter({ hasText: '2 unread' }).waitFor();
  await expect.poll(() => tom.page.title()).toBe('(2) STORM');
  await tom.open('Maya');
  await expect.poll(() => tom.page.title()).toBe('STORM');
  await tom.page.reload();
  await tom.entry('Maya').waitFor();
  expect(await tom.entry('Maya').filter({ hasText: 'unread' }).count()).toBe(0);
});

test('What was missed comes below what was kept, and only what was in sight is read', async () => {
  const { maya, tom } = await pair();
  // Maya began the conversation, so she learns nothing of Tom until he has written.
  await tom.say('before');
  await maya.message('before').waitFor();
  await expect.poll(() => tom.kept()).toContain('before');
  const address = tom.page.url();
  await tom.page.goto('about:blank');
  const long = ['one', 'two', 'three'].map((text) => `${text} `.repeat(600).trim());
  await maya.say(...long);
  await maya.message(long[2] ?? '', 'Sent').waitFor();
  const answer = await holdAnswers(tom.page);
  await tom.page.goto(address);
  await tom.message('before').waitFor();
  expect(await tom.texts()).toEqual(['before']);
  answer();
  await tom.page.getByText('New messages').waitFor();
  await tom.entry('Maya').filter({ hasText: '3 unread' }).waitFor();
  await tom.page.getByRole('button', { name: /latest/ }).click();
  await tom.message(long[2] ?? '').waitFor();
  await maya.message(long[2] ?? '', 'Read').waitFor();

  const answerAgain = await holdAnswers(tom.page);
  await expect.poll(() => tom.kept()).toContain('three');
  await tom.page.reload();
  await tom.say('Wait for me');
  await tom.message('Wait for me', 'Sending').waitFor();
  answerAgain();
  await tom.message('Wait for me', 'Sent').waitFor();
  await maya.message('Wait for me').waitFor();
  expect(await maya.texts()).toEqual(['before', ...long, 'Wait for me']);
});

test('Without a network messages wait, and arrive both ways when it is back', async () => {
  const { maya, tom } = await pair({ clock: true });
  await maya.say('before');
  await tom.message('before').waitFor();
  await maya.goOffline();
  await tom.say('Are you there?');
  await tom.message('Are you there?', 'Sent').waitFor();
  await maya.say('I am in a tunnel');
  await maya.message('I am in a tunnel', 'Sending').waitFor();
  await maya.page.context().setOffline(false);
  await maya.message('Are you there?').waitFor();
  await tom.message('I am in a tunnel').waitFor();
  await maya.message('I am in a tunnel', 'Sent').waitFor();
  expect(await maya.texts()).toEqual(['before', 'Are you there?', 'I am in a tunnel']);
  expect(await tom.texts()).toEqual(await maya.texts());
});

test('Without a network a reload shows the latest conversations, and what is written then is sent later', async () => {
  const { maya, tom } = await pair({ serviceWorkers: 'allow' });
  await tom.say('Do you have a map?');
  await maya.message('Do you have a map?').waitFor();
  await maya.page.evaluate('navigator.serviceWorker.ready');
  await expect.poll(() => maya.kept()).toContain('Do you have a map?');
  await maya.page.context().setOffline(true);
  await maya.page.getByText('You are offline.').waitFor();
  await maya.page.reload();
  await maya.message('Do you have a map?').waitFor();
  await maya.page.getByRole('heading', { name: 'Tom' }).waitFor();
  await maya.say('A paper one');
  await maya.message('A paper one', 'Sending').waitFor();
  await maya.page.context().setOffline(false);
  await tom.message('A paper one').waitFor();
  await maya.message('A paper one', 'Sent').waitFor();
});

test('Text is never markup, and only web addresses become links', async () => {
  const { maya, tom } = await pair();
  const text = '<img src=x onerror=alert(1)> javascript:alert(1) https://example.org/a';
  await maya.say(text);
  await tom.message(text).waitFor();
  const links = tom.page.locator('.message a');
  expect(await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')))).toEqual([
    'https://example.org/a',
  ]);
  expect(await links.getAttribute('rel')).toContain('noopener');
  expect(tom.complaints).toEqual([]);
});
