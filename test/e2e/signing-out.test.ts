import type { Page } from 'playwright-core';
import { expect, inject, test } from 'vitest';
import { holdAnswers } from '#test/helpers/hold-answers.ts';
import { request } from '#test/helpers/member.ts';
import { signUp } from '#test/helpers/sign-up.ts';
import { password } from '#test/helpers/visitor.ts';
import { type Person, useVisitors } from '#test/helpers/visitors.ts';

const { alone, registered } = useVisitors();

/** What the page has kept in the browser. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const messages: unknown[] = [];
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      for (const store of database.objectStoreNames)
        await new Promise<void>((resolve) => {
          const request = database.transaction(store).objectStore(store).getAll();
          request.onsuccess = () => {
            messages.push(...request.result);
            resolve();
          };
        });
      database.close();
    }
    return { drafts: Object.values({ ...localStorage }).filter((text) => text.includes('secret')), messages };
  });

const begun = {
  drafts: [expect.stringContaining('begun')],
  messages: expect.arrayContaining([expect.objectContaining({ text: expect.stringContaining('unsent') })]),
};

/** Leaves a message that can't be sent and a draft behind. */
async function begin(): Promise<Person> {
  const { maya } = await alone({ clock: true });
  await maya.goOffline();
  await maya.say('secret, unsent');
  await maya.field.fill('secret, begun');
  await expect.poll(() => kept(maya.page)).toMatchObject(begun);
  // The latest conversations are kept every few seconds.
  const snapshot = { messages: expect.arrayContaining([expect.objectContaining({ snapshot: expect.anything() })]) };
  await maya.pass(10_000);
  await expect.poll(() => kept(maya.page)).toMatchObject(snapshot);
  return maya;
}

/** Ends all logins of a person from another device. */
async function endLogins({ username }: Person): Promise<void> {
  const api = `${inject('url')}/api`;
  const { body } = await request(api, 'POST /auth/login', { body: { login: username, password } });
  const headers = { authorization: `Bearer ${body.accessToken}` };
  expect((await request(api, 'DELETE /auth/sessions', { headers })).status).toBe(204);
}

/** Keeps the store of unsent messages busy, until what it returns is called. */
async function occupyStore({ page }: Person): Promise<() => Promise<void>> {
  const released = await page.evaluateHandle(async () => {
    const { name = '' } = (await indexedDB.databases()).find((one) => one.name?.startsWith('storm:')) ?? {};
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
    });
    const store = database.transaction('outgoing', 'readwrite').objectStore('outgoing');
    const state = { isOver: false };
    const goOn = () => {
      if (state.isOver) database.close();
      else store.count().onsuccess = goOn;
    };
    goOn();
    return state;
  });
  return () =>
    released.evaluate((state) => {
      state.isOver = true;
    });
}

const nothing = { drafts: [], messages: [] };

test('Who is signed out from another device leaves nothing behind on this one', async () => {
  const maya = await begin();
  // The store answers later than the page waits for it, as it does when the computer sleeps meanwhile.
  const release = await occupyStore(maya);
  await maya.say('secret, unsent for long');
  await maya.message('secret, unsent for long').waitFor();
  await maya.pass(10_000);
  await release();
  await endLogins(maya);
  await maya.page.context().setOffline(false);
  await expect
    .poll(async () => {
      await maya.pass(10_000);
      return maya.page.getByRole('heading', { name: 'Log in' }).isVisible();
    })
    .toBe(true);
  await expect.poll(() => kept(maya.page)).toEqual(nothing);
});

test('Who finds the session over when the page is opened leaves nothing behind either', async () => {
  const maya = await begin();
  await endLogins(maya);
  // The page is left before there is a network again, or it might notice before the start.
  const address = maya.page.url();
  await maya.page.goto('about:blank');
  await maya.page.context().setOffline(false);
  const answer = await holdAnswers(maya.page);
  await maya.page.goto(address);
  await maya.message('secret, unsent', 'Sending').waitFor();
  answer();
  await maya.page.getByRole('heading', { name: 'Log in' }).waitFor();
  expect(await maya.page.getByText('secret').count()).toBe(0);
  expect(await kept(maya.page)).toEqual(nothing);
});

test('What was kept of one person isn’t shown to another who is signed in', async () => {
  const { maya } = await alone();
  await maya.say('a secret of ours');
  await expect.poll(() => maya.kept()).toContain('a secret of ours');
  const noa = await signUp(inject('url'), 'Noa');
  await maya.page.context().addCookies(noa.stored.cookies);
  await maya.page.evaluate((id) => localStorage.setItem('storm:session', id), noa.id);
  const answer = await holdAnswers(maya.page);
  const asked = maya.page.waitForRequest(/config\.json/);
  await maya.page.reload();
  await asked;
  await maya.page.locator('.splash').waitFor({ state: 'attached' });
  answer();
  await maya.page.getByText(`@${noa.username}`).waitFor();
  expect(await maya.page.getByText('secret').count()).toBe(0);
});

test('The answer to a logout makes the browser forget what the page itself forgets to delete', async () => {
  const { page } = await registered('Maya');
  await page.evaluate(() => localStorage.setItem('forgotten', 'secret'));
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await expect.poll(() => page.evaluate(() => localStorage.getItem('forgotten'))).toBeNull();
});

test.each([
  ['no answer', undefined],
  ['a fault of the server', 502],
  ['the page of a proxy', 401],
] as const)('%s to a refresh ends no session, and takes neither drafts nor unsent messages', async (_, status) => {
  const maya = await begin();
  const address = maya.page.url();
  // The page is left before there is a network again, or it might send the message at once.
  await maya.page.goto('about:blank');
  await maya.page.context().setOffline(false);
  await maya.page.route(/\/auth\/refresh/, (route) =>
    status === undefined ? route.abort() : route.fulfill({ status, body: '<h1>Sign in to the network</h1>' }),
  );
  await maya.page.goto(address);
  // What is there is what was there last time.
  await maya.message('secret, unsent', 'Sending').waitFor();
  expect(await kept(maya.page)).toMatchObject(begun);
});
