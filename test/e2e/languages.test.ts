import { expect, test } from 'vitest';
import { useVisitors } from '#test/helpers/visitors.ts';

const { arrive, pair } = useVisitors();

test('The page speaks French to who prefers it, from its first words on', async () => {
  const visitor = await arrive({ locale: 'fr-CA' });
  await visitor.page.getByRole('heading', { name: 'Se connecter' }).waitFor();
  expect(await visitor.page.locator('html').getAttribute('lang')).toBe('fr');
  await visitor.page.getByLabel('Nom d’utilisateur ou adresse e-mail').fill('nobody');
  await visitor.page.getByLabel('Mot de passe').fill('wrong password');
  await visitor.page.getByRole('button', { name: 'Se connecter' }).click();
  await visitor.page.getByText('Le nom ou le mot de passe est incorrect.').waitFor();
});

test('Who prefers another language than the page has finds it in English, with dates as most of the world writes them', async () => {
  const visitor = await arrive({ locale: 'de-DE' });
  await visitor.page.getByRole('heading', { name: 'Log in' }).waitFor();
  expect(await visitor.page.locator('html').getAttribute('lang')).toBe('en');
});

test('Another language can be chosen in the settings, and what is being written is kept', async () => {
  const { maya, tom } = await pair();
  await maya.say('good morning');
  await tom.message('good morning').waitFor();
  await tom.field.fill('half a sentence');
  await tom.openSettings('Appearance and language');
  await tom.page.getByLabel('Language').selectOption('Français');
  await tom.page.getByRole('heading', { name: 'Discussions' }).waitFor();
  expect(await tom.page.getByLabel('Message à Maya').inputValue()).toBe('half a sentence');
  await expect.poll(() => tom.page.locator('.messages .heading').first().textContent()).toBe('Aujourd’hui');
  await tom.page.getByRole('button', { name: 'Réglages' }).click();
  await tom.page.getByRole('heading', { name: 'Apparence et langue' }).click();
  await tom.page.getByLabel('Langue').selectOption('Comme mon navigateur');
  await tom.page.getByRole('heading', { name: 'Chats' }).waitFor();
  expect([...maya.complaints, ...tom.complaints]).toEqual([]);
});
