import { beforeEach, expect, test } from 'vitest';
import { Auth, Chat } from '../index.ts';
import { memoryStore } from '../outbox.ts';
import { conversation, conversationId, me, message, session } from './helpers/data.ts';
import { settle } from './helpers/platform.ts';
import { FakeBrowser, type FakeTab } from './helpers/tabs.ts';

let browser: FakeBrowser;
beforeEach(() => {
  browser = new FakeBrowser();
});

async function openTab(): Promise<{ tab: FakeTab; chat: Chat; unseen: number[] }> {
  const tab = browser.open();
  tab.serve = ({ path }) => {
    if (path !== '/sync') return { body: session('token') };
    return { body: { conversations: [], added: [conversation()], removed: [], more: false } };
  };
  const auth = new Auth({ httpUrl: '', platform: tab });
  await auth.login({ login: 'maya', password: 'secret' });
  const chat = new Chat({ auth, wsUrl: 'wss://chat/ws', store: memoryStore() });
  const unseen: number[] = [];
  chat.on('unseen', ({ message: { seq } }) => unseen.push(seq));
  await chat.open();
  await settle();
  return { tab, chat, unseen };
}

/** A tab whose socket is open. The server answers each frame about visibility. */
async function openLeader() {
  const leader = await openTab();
  accept(leader.tab);
  await settle();
  return leader;
}

function accept(tab: FakeTab): void {
  const { socket } = tab;
  socket.answersPings = true;
  socket.onSend = ({ action, id }) => {
    if (action === 'visibility') queueMicrotask(() => socket.receive({ re: id, ok: {} }));
  };
  socket.accept();
}

/** What the newest socket of a tab was told, in order: of visibility, or that something was delivered. */
const told = ({ socket }: FakeTab) =>
  socket.sent.flatMap(({ action, visible, receipts }) =>
    action === 'visibility'
      ? [visible]
      : action === 'receipts'
        ? (receipts as { status: string }[]).map(({ status }) => status)
        : [],
  );

test('A client says that nobody looks at it, and that somebody does again, but not what changes back at once', async () => {
  const { tab, chat } = await openLeader();
  chat.setVisible(false);
  chat.setVisible(true);
  await browser.pass(5_000);
  expect(told(tab)).toEqual([]);
  chat.setVisible(false);
  await browser.pass(5_000);
  chat.setVisible(true);
  await browser.pass(5_000);
  expect(told(tab)).toEqual([false, true]);
});

test('Every new socket is told, before it is told that anything was delivered', async () => {
  const { tab, chat } = await openLeader();
  chat.setVisible(false);
  await browser.pass(5_000);
  tab.socket.drop();
  await browser.pass(2_000);
  accept(tab);
  tab.socket.receive({ events: [message(1)] });
  await settle();
  await browser.pass(2_000);
  expect(tab.sockets.length).toBeGreaterThan(1);
  expect(told(tab)).toEqual([false, 'delivered']);
});

test('What is delivered right after the person looked away is told as unseen', async () => {
  const { tab, chat } = await openLeader();
  tab.socket.receive({ events: [message(1)] });
  await browser.pass(1_750);
  chat.setVisible(false);
  await browser.pass(1_000);
  expect(told(tab)).toEqual([false, 'delivered']);
});

test('Nobody looks at a client when nobody looks at any of its tabs', async () => {
  const first = await openLeader();
  const second = await openTab();
  first.chat.setVisible(false);
  await browser.pass(5_000);
  expect(told(first.tab)).toEqual([]);
  second.chat.setVisible(false);
  await browser.pass(5_000);
  second.chat.setVisible(true);
  await browser.pass(5_000);
  expect(told(first.tab)).toEqual([false, true]);
  await browser.pass(300_000);
  expect(told(first.tab)).toEqual([false, true]);
});

test('A tab that vanishes is not believed for long', async () => {
  const first = await openLeader();
  const second = await openTab();
  first.chat.setVisible(false);
  await browser.pass(5_000);
  browser.close(second.tab);
  await browser.pass(60_000);
  expect(told(first.tab)).toEqual([]);
  await browser.pass(120_000);
  expect(told(first.tab)).toEqual([false]);
});

test('A new leader asks nobody: the other tabs tell it', async () => {
  const first = await openLeader();
  const second = await openTab();
  const third = await openTab();
  second.chat.setVisible(false);
  first.chat.setVisible(false);
  browser.close(first.tab);
  await settle();
  accept(second.tab);
  await settle();
  await browser.pass(5_000);
  third.chat.setVisible(false);
  await browser.pass(5_000);
  expect(told(second.tab).at(-1)).toBe(false);
  third.chat.setVisible(true);
  await browser.pass(5_000);
  expect(told(second.tab).at(-1)).toBe(true);
});

test('One tab reports what others wrote while nobody looked, unless it was read', async () => {
  const first = await openLeader();
  const second = await openTab();
  const receive = async (...events: unknown[]) => {
    first.tab.socket.receive({ events });
    await settle();
  };
  await receive(message(1));
  for (const { chat } of [first, second]) chat.setVisible(false);
  await settle();
  await receive(message(2), message(3, me), message(4));
  await receive({ type: 'receipt', conversationId, userId: me, delivered: 5, read: 5 });
  await receive(message(5));
  expect(first.unseen).toEqual([2, 4]);
  expect(second.unseen).toEqual([]);
});
