import { beforeEach, expect, test } from 'vitest';
import { Auth, Chat } from '../index.ts';
import { memoryStore, type OutboxStore } from '../outbox.ts';
import { conversation, conversationId, me, message, session } from './helpers/data.ts';
import { settle } from './helpers/platform.ts';
import { FakeBrowser, type FakeTab } from './helpers/tabs.ts';

let browser: FakeBrowser;
let store: OutboxStore;

beforeEach(() => {
  browser = new FakeBrowser();
  store = memoryStore();
});

interface Page {
  readonly tab: FakeTab;
  readonly chat: Chat;
}

async function openPage(): Promise<Page> {
  const tab = browser.open();
  tab.serve = ({ path }) => {
    if (path !== '/sync') return { body: session('token') };
    return { body: { conversations: [], added: [conversation()], removed: [], more: false } };
  };
  const auth = new Auth({ httpUrl: '', platform: tab });
  await auth.login({ login: 'maya', password: 'secret' });
  const chat = new Chat({ auth, wsUrl: 'wss://chat/ws', store });
  await chat.open();
  await settle();
  return { tab, chat };
}

/** Two tabs, of which the first is the leader. */
async function openTwo(): Promise<[Page, Page]> {
  const first = await openPage();
  first.tab.socket.accept();
  const second = await openPage();
  await settle();
  return [first, second];
}

const messagesOf = ({ chat }: Page) => chat.conversations.get(conversationId)?.messages.map(({ seq }) => seq);
const sent = ({ tab }: Page) => tab.sockets.flatMap((socket) => socket.frames('message'));

test('Two tabs share one socket, and both are online', async () => {
  const [first, second] = await openTwo();
  expect(browser.openSockets).toHaveLength(1);
  expect(second.tab.sockets).toEqual([]);
  expect([first, second].map(({ chat }) => chat.connection)).toEqual(['online', 'online']);
});

test('A pushed event reaches both tabs', async () => {
  const [first, second] = await openTwo();
  first.tab.socket.receive({ events: [message(1)] });
  await settle();
  expect(messagesOf(first)).toEqual([1]);
  expect(messagesOf(second)).toEqual([1]);
});

test('A message that is written in the other tab is sent once, by the leader, and both tabs show it', async () => {
  const [first, second] = await openTwo();
  void second.chat.send(conversationId, 'Hello');
  await settle();
  expect(first.chat.outbox.entries).toMatchObject([{ text: 'Hello' }]);
  expect(sent(first)).toMatchObject([{ text: 'Hello' }]);
  first.tab.socket.receive({ re: sent(first)[0]?.id, ok: { seq: 1, sentAt: '2026-11-22T09:00:01.000Z' } });
  await settle();
  for (const page of [first, second]) {
    expect(messagesOf(page)).toEqual([1]);
    expect(page.chat.outbox.entries).toEqual([]);
  }
  expect(await store.all()).toMatchObject([{ text: 'Hello', acknowledged: { epoch: '1' } }]);
});

test('Requests of the other tab go through the leader, and their replies come back', async () => {
  const [first, second] = await openTwo();
  const edited = second.chat.edit(conversationId, 1, 'better');
  await settle();
  const [edit] = first.tab.socket.frames('edit');
  first.tab.socket.receive({ re: edit?.id, error: { code: 'forbidden', message: '', temporary: false } });
  expect(await edited).toMatchObject({ error: { code: 'forbidden' } });
});

test('When the leader is closed during a request, the other tab takes over: what was under way is sent again', async () => {
  const [first, second] = await openTwo();
  void second.chat.send(conversationId, 'Hello');
  const edited = second.chat.edit(conversationId, 1, 'better');
  await settle();
  const [message] = sent(first);
  browser.close(first.tab);
  await settle();
  expect(second.chat.connection).toBe('reconnecting');
  second.tab.socket.accept();
  await settle();
  expect(second.chat.connection).toBe('online');
  expect(sent(second)).toEqual([message]);
  const [edit] = second.tab.socket.frames('edit');
  second.tab.socket.receive({ re: edit?.id, ok: { seq: 2 } });
  expect(await edited).toEqual({ ok: { seq: 2 } });
});

test('A message that is written without a leader is sent by the next leader', async () => {
  const [first, second] = await openTwo();
  const third = await openPage();
  browser.close(first.tab);
  void third.chat.send(conversationId, 'Hello');
  await settle();
  second.tab.socket.accept();
  await settle();
  expect(sent(second)).toMatchObject([{ text: 'Hello' }]);
  expect(browser.openSockets).toHaveLength(1);
});

test('When the chat of the leader is closed, the other tab takes over', async () => {
  const [first, second] = await openTwo();
  first.chat.close();
  await settle();
  expect(second.tab.sockets).toHaveLength(1);
});

test('A frozen leader loses the lead to a visible tab, and follows it after thawing', async () => {
  const [first, second] = await openTwo();
  first.tab.frozen = true;
  void second.chat.send(conversationId, 'Hello');
  await browser.pass(11_000);
  second.tab.socket.accept();
  await settle();
  expect(sent(second)).toMatchObject([{ text: 'Hello' }]);
  first.tab.frozen = false;
  await settle();
  expect(browser.openSockets).toEqual([second.tab.socket]);
  expect(first.chat.connection).toBe('online');
  second.tab.socket.receive({ events: [message(1)] });
  await settle();
  expect(messagesOf(first)).toEqual([1]);
});

test('An idle leader that answers stays the leader', async () => {
  const [first, second] = await openTwo();
  first.tab.isHidden = true;
  first.tab.socket.answersPings = true;
  await browser.pass(120_000);
  expect(second.tab.sockets).toEqual([]);
  expect(first.tab.sockets).toHaveLength(1);
  expect(first.chat.connection).toBe('online');
});

test('A hidden leader checks its connection when another tab is looked at', async () => {
  const [first] = await openTwo();
  first.tab.isHidden = true;
  const dead = first.tab.socket;
  await browser.pass(60_000);
  expect(dead.frames('ping').length).toBeGreaterThan(0);
  expect(dead.closed).toBe(true);
  expect(first.tab.sockets.length).toBeGreaterThan(1);
});

test('When the socket is replaced, all tabs subscribe to presence again', async () => {
  const [first, second] = await openTwo();
  first.chat.presence.subscribe([me]);
  second.chat.presence.subscribe([me]);
  await settle();
  first.tab.socket.receive({ events: [{ type: 'bye', reason: 'moving', reconnect: true }] });
  await settle();
  first.tab.socket.accept();
  await settle();
  expect(first.tab.socket.frames('presence')).toHaveLength(2);
});

test('When the server ends the connection, all tabs stay away, and each of them can connect again', async () => {
  const [first, second] = await openTwo();
  first.tab.socket.receive({ events: [{ type: 'bye', reason: 'too_many', reconnect: false }] });
  await browser.pass(120_000);
  expect([first, second].map(({ chat }) => chat.connection)).toEqual(['ended', 'ended']);
  first.chat.close();
  await browser.pass(120_000);
  expect(second.chat.connection).toBe('ended');
  expect(second.tab.sockets).toEqual([]);
  second.chat.reconnect();
  await settle();
  second.tab.socket.accept();
  await settle();
  expect(second.chat.connection).toBe('online');
});

test('A tab without the socket asks the one with it to connect again', async () => {
  const [first, second] = await openTwo();
  first.tab.socket.receive({ events: [{ type: 'bye', reason: 'too_many', reconnect: false }] });
  await settle();
  second.chat.reconnect();
  await settle();
  first.tab.socket.accept();
  await settle();
  expect([first, second].map(({ chat }) => chat.connection)).toEqual(['online', 'online']);
});

test('The end of the session reaches all tabs', async () => {
  const ended: string[] = [];
  const [first, second] = await openTwo();
  second.chat.on('event', ({ type }) => ended.push(type));
  first.tab.socket.receive({ events: [{ type: 'bye', reason: 'logged_out', reconnect: false }] });
  await settle();
  expect(ended).toEqual(['bye']);
});
