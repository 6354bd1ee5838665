import { expect, test } from 'vitest';
import { password } from '#test/helpers/visitor.ts';
import { useVisitors } from '#test/helpers/visitors.ts';

const { registered, pair } = useVisitors();

test('Those who run a group change it, and who is removed loses it at once', async () => {
  const [maya, tom, lea] = [await registered('Maya'), await registered('Tom'), await registered('Lea')];
  await maya.startGroup('Picnic', tom.username, lea.username);
  await tom.open('Picnic');
  await lea.open('Picnic');
  const details = await maya.openDetails();
  await maya.actOn('Tom', 'Make an admin');
  expect(await details.getByRole('heading', { level: 3 }).allTextContents()).toEqual([
    'Picnic',
    'Pictures and films',
    '3 members',
    'Settings of the group',
  ]);
  await details.getByLabel('Name of the group').fill('Picnic on Sunday');
  await details.getByRole('button', { name: 'Rename' }).click();
  await tom.page.getByRole('heading', { name: 'Picnic on Sunday' }).waitFor();
  await tom.actOn('Lea', 'Remove', 'Really remove Lea');
  await lea.page.getByText('Nobody here yet').waitFor();
  await details.getByRole('heading', { name: '2 members' }).waitFor();
  await details.getByRole('button', { name: 'Add people' }).click();
  await maya.choose(lea.username);
  await lea.open('Picnic on Sunday');
  for (const names of [
    ['Take the role of an admin'],
    ['Make an admin'],
    ['Hand the group over', 'Really make Tom the owner'],
  ])
    for (const name of names) await details.getByRole('button', { name, exact: true }).click();
  const ofMaya = (await tom.openDetails()).getByRole('listitem').filter({ hasText: 'Maya' });
  await ofMaya.getByText('Admin', { exact: true }).waitFor();
  await details.getByRole('button', { name: 'Leave the group' }).click();
  await details.getByRole('button', { name: 'Really leave' }).click();
  await maya.page.getByText('Nobody here yet').waitFor();
});

test('Whom one has blocked can no longer write; without a network a switch falls back, and muting waits for it', async () => {
  const { maya, tom } = await pair();
  const details = await maya.openDetails();
  await details.getByLabel('Block').check();
  await details.locator('[aria-busy=false]').and(details.getByLabel('Block')).waitFor();
  await tom.say('Are you there?');
  await tom.page.getByText('Not sent. You aren’t allowed to do that.').waitFor();
  await maya.page.context().setOffline(true);
  await details.getByLabel('Block').click();
  await details.getByRole('alert').filter({ hasText: 'reached' }).waitFor();
  expect(await details.getByLabel('Block').isChecked()).toBe(true);
  const mute = details.getByRole('button', { name: 'Mute' });
  await mute.click();
  await details.locator('[aria-busy=true]').and(mute).waitFor();
  await maya.page.context().setOffline(false);
  await details.locator('[aria-busy=false]').and(mute).waitFor();
  expect(await mute.getAttribute('aria-pressed')).toBe('true');
});

test('A name is changed in the settings, and with the account go its name and its messages', async () => {
  const { maya, tom } = await pair();
  await maya.say('Hello');
  const settings = await maya.openSettings('Profile', 'Your data');
  // A character that shows nothing, which the browser takes for a name.
  await maya.page.getByLabel('Your name').fill('\u200b');
  await maya.page.getByRole('button', { name: 'Save' }).click();
  await settings.getByText('Nobody could see this name.').waitFor();
  expect(await maya.page.locator(':focus').getAttribute('id')).toBe('displayName');
  await maya.page.getByLabel('Your name').fill('Maya K.');
  await maya.page.getByRole('button', { name: 'Save' }).click();
  await maya.page.getByText('Saved.').waitFor();
  await tom.message('Hello').waitFor();
  await tom.page.reload();
  await tom.page.getByRole('heading', { name: 'Maya K.' }).waitFor();
  const deletion = maya.page.getByRole('button', { name: 'Delete my account' });
  expect(await deletion.isDisabled()).toBe(true);
  const field = maya.page.getByRole('form', { name: 'Delete my account' }).getByLabel('Your password');
  await field.fill('not this one');
  await deletion.click();
  await maya.page.getByRole('button', { name: 'Delete it all, for ever' }).click();
  await maya.page.getByText('This isn’t your password.').waitFor();
  await field.fill(password);
  await deletion.click();
  await maya.page.getByRole('button', { name: 'Delete it all, for ever' }).click();
  await maya.page.getByRole('heading', { name: 'Log in' }).waitFor();
  await tom.message('This message was deleted').waitFor();
  await tom.page.reload();
  await tom.page.getByRole('heading', { name: 'Deleted user' }).waitFor();
  await maya.logIn(maya.username, password);
  await maya.page.getByText('The name or the password is wrong.').waitFor();
});

test('Who may be added by nobody is invited: they accept, decline, or decline and block', async () => {
  const [maya, tom, lea] = [await registered('Maya'), await registered('Tom'), await registered('Lea')];
  await tom.openSettings('Privacy');
  await tom.page.getByRole('radio', { name: 'Nobody' }).check();
  await tom.page.reload();
  const privacy = await tom.openSettings('Privacy');
  await privacy.getByText('You have blocked nobody.').waitFor();
  await tom.page
    .locator(':checked')
    .and(tom.page.getByRole('radio', { name: 'Nobody' }))
    .waitFor();
  await tom.page.getByRole('button', { name: 'Close' }).click();
  const invited = (to: string) =>
    tom.page.getByRole('listitem').filter({ hasText: to }).filter({ hasText: 'Maya invites you' });

  await maya.startGroup('Picnic', tom.username, lea.username);
  const details = await maya.openDetails();
  await details.getByRole('button', { name: 'Add people' }).click();
  await maya.choose(tom.username);
  await details.getByText('Tom isn’t a member yet, and may have an invitation now.').waitFor();
  await details.getByRole('button', { name: 'Close' }).click();
  await invited('Picnic').getByRole('button', { name: 'Accept' }).click();
  await tom.page.getByRole('heading', { name: 'Picnic' }).waitFor();
  await invited('Picnic').waitFor({ state: 'detached' });
  await maya.startGroup('Choir', tom.username, lea.username);
  await invited('Choir').getByRole('button', { name: 'Decline', exact: true }).click();
  await invited('Choir').waitFor({ state: 'detached' });
  await maya.startGroup('Chess', tom.username, lea.username);
  await invited('Chess').getByRole('button', { name: 'Decline and block' }).click();
  await invited('Chess').getByRole('button', { name: 'Block Maya' }).click();
  await invited('Chess').waitFor({ state: 'detached' });
  await tom.page.getByRole('region', { name: 'Invitations' }).waitFor({ state: 'detached' });
  await tom.openSettings('Privacy');
  await privacy.getByRole('button', { name: 'Unblock Maya' }).click();
  await privacy.getByText('You have blocked nobody.').waitFor();
});
