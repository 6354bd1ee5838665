import type { Sync } from 'storm-chat-protocol/events';
import { beforeEach, expect, test, vi } from 'vitest';
import { Auth, Chat, type OutboxStore } from '../index.ts';
import { memoryStore } from '../outbox.ts';
import { conversation, conversationId, me, message, other, session, synced } from './helpers/data.ts';
import { FakePlatform, settle } from './helpers/platform.ts';

let platform: FakePlatform;
let store: OutboxStore;
let chat: Chat;
/** The server's answers to the next syncs. The last one is repeated. */
let syncs: Partial<Sync>[];

beforeEach(async () => {
  platform = new FakePlatform();
  store = memoryStore();
  syncs = [{ added: [conversation()] }, {}];
  platform.serve = ({ path }) => {
    if (path !== '/sync') return { body: session('token') };
    const answer = syncs.length > 1 ? syncs.shift() : syncs[0];
    return { body: { conversations: [], added: [], removed: [], more: false, ...answer } };
  };
  chat = await openChat();
});

async function openChat(): Promise<Chat> {
  const auth = new Auth({ httpUrl: '', platform });
  await auth.login({ login: 'maya', password: 'secret' });
  const opened = new Chat({ auth, wsUrl: 'wss://chat/ws', store });
  await opened.open();
  await settle();
  platform.socket.accept();
  await settle();
  return opened;
}

async function reconnect(): Promise<void> {
  platform.socket.drop();
  await platform.pass(1000);
  platform.socket.accept();
  await settle();
}

const state = () => chat.conversations.get(conversationId);
const sent = () => platform.socket.frames('message');
const syncedWith = () => platform.calls.filter(({ path }) => path === '/sync').map(({ body }) => body);
const acknowledge = async (seq: number) => {
  platform.socket.receive({ re: sent().at(-1)?.id, ok: { seq, sentAt: '2026-11-22T09:00:01.000Z' } });
  await settle();
};

test('A message is in the outbox at once, and in the conversation when it is acknowledged, but never in both', async () => {
  void chat.outbox.add(conversationId, 'Cafe\u0301');
  await settle();
  expect(chat.outbox.entries).toMatchObject([{ text: 'Café' }]);
  await acknowledge(1);
  expect(chat.outbox.entries).toEqual([]);
  expect(state()).toMatchObject({ lastSeq: 1, messages: [{ seq: 1, senderId: me, text: 'Café' }] });
});

test('A message without an acknowledgement is sent again with the same id and the same cursor', async () => {
  void chat.outbox.add(conversationId, 'Hello');
  await settle();
  const [first] = sent();
  platform.socket.receive({ events: [message(1)] });
  await reconnect();
  expect(sent()).toEqual([first]);
  expect(first).toMatchObject({ text: 'Hello', after: 0 });
});

test('A message that was sent before its conversation was known keeps the cursor 0 when it is sent again', async () => {
  const id = '01936a00-0000-7000-8000-0000000000f1';
  void chat.outbox.add(id, 'Hello');
  await settle();
  const [first] = sent();
  expect(first).toMatchObject({ conversationId: id, after: 0 });
  syncs = [{ added: [conversation({ id, lastSeq: 5 })] }];
  await reconnect();
  expect(chat.conversations.get(id)).toMatchObject({ lastSeq: 5 });
  expect(sent()).toEqual([first]);
});

test('The messages of a conversation are sent one at a time, in the order in which they were written', async () => {
  for (const text of ['one', 'two', 'three']) void chat.outbox.add(conversationId, text);
  await settle();
  expect(sent().map(({ text }) => text)).toEqual(['one']);
  await acknowledge(1);
  await acknowledge(2);
  expect(sent()).toMatchObject([
    { text: 'one', after: 0 },
    { text: 'two', after: 1 },
    { text: 'three', after: 2 },
  ]);
  const ids = sent().map(({ id }) => id);
  expect([...ids].sort()).toEqual(ids);
});

test('A slow conversation does not hold up another one', async () => {
  void chat.outbox.add(conversationId, 'here');
  void chat.outbox.add(other, 'elsewhere');
  await settle();
  expect(sent()).toHaveLength(2);
});

test('After a temporary failure a message is sent again, no earlier than the server asks', async () => {
  void chat.outbox.add(conversationId, 'Hello');
  await settle();
  const error = { code: 'rate_limited', message: '', temporary: true, retryAfterMs: 4000 };
  platform.socket.receive({ re: sent()[0]?.id, error });
  await platform.pass(3999);
  expect(sent()).toHaveLength(1);
  await platform.pass(1);
  expect(sent()).toHaveLength(2);
  expect(sent()[1]).toEqual(sent()[0]);
});

test('After a permanent failure a message stays in the outbox with its failure, and the next one is sent', async () => {
  for (const text of ['refused', 'fine']) void chat.outbox.add(conversationId, text);
  await settle();
  platform.socket.receive({ re: sent()[0]?.id, error: { code: 'forbidden', message: '', temporary: false } });
  await settle();
  expect(chat.outbox.entries).toMatchObject([{ text: 'refused', failure: { code: 'forbidden' } }, { text: 'fine' }]);
  expect(sent()[1]).toMatchObject({ text: 'fine' });
});

test.each([
  ['forbidden', true],
  ['stale', false],
])('A retry after %s keeps the id: %s', async (code, kept) => {
  void chat.outbox.add(conversationId, 'Hello');
  await settle();
  const id = sent()[0]?.id ?? '';
  platform.socket.receive({ re: id, error: { code, message: '', temporary: false } });
  await settle();
  void chat.outbox.retry(id);
  await settle();
  expect(sent()[1]).toMatchObject({ text: 'Hello' });
  expect(sent()[1]?.id === id).toBe(kept);
});

test('A message that was not acknowledged is sent after a restart of the program', async () => {
  void chat.outbox.add(conversationId, 'Hello');
  await settle();
  const [first] = sent();
  chat.close();
  syncs = [{ added: [conversation()] }, {}];
  chat = await openChat();
  expect(sent()).toEqual([first]);
  await acknowledge(1);
  expect(await store.all()).toMatchObject([{ text: 'Hello', acknowledged: { epoch: '1' } }]);
});

test('The event of an own message counts as its acknowledgement', async () => {
  void chat.outbox.add(conversationId, 'Hello');
  await settle();
  platform.socket.receive({ events: [message(1, me, sent()[0]?.id)] });
  await settle();
  expect(chat.outbox.entries).toEqual([]);
  await acknowledge(1);
  expect(state()?.messages).toHaveLength(1);
});

test('A repeated event adds its message once', () => {
  const heard = vi.fn();
  chat.on('message', heard);
  platform.socket.receive({ events: [message(1), message(1)] });
  platform.socket.receive({ events: [message(1)] });
  expect(state()?.messages).toHaveLength(1);
  expect(state()?.unread).toBe(1);
  expect(heard).toHaveBeenCalledOnce();
});

test('The client catches up from its cursors after every connect', async () => {
  platform.socket.receive({ events: [message(1)] });
  syncs = [{ conversations: [synced({ lastSeq: 3, unread: 3, events: [message(2), message(3)] })] }, {}];
  await reconnect();
  expect(syncedWith()).toEqual([
    { cursors: {}, epochs: {} },
    { cursors: { [conversationId]: 1 }, epochs: { [conversationId]: '1' } },
  ]);
  expect(state()).toMatchObject({ lastSeq: 3, unread: 3 });
});

test('Catching up goes on as long as the server has more', async () => {
  syncs = [{ conversations: [synced({ lastSeq: 2, events: [message(1)], more: true })] }, { more: true }, {}];
  await reconnect();
  expect(syncedWith().slice(1)).toMatchObject([0, 1, 1].map((seq) => ({ cursors: { [conversationId]: seq } })));
});

test('A gap that is not filled in time is fetched', async () => {
  platform.socket.receive({ events: [message(2)] });
  syncs = [{ conversations: [synced({ lastSeq: 2, unread: 2, events: [message(1), message(2)] })] }, {}];
  await platform.pass(500);
  expect(syncedWith()).toHaveLength(2);
  expect(state()).toMatchObject({ lastSeq: 2, unread: 2 });
});

test('A gap that is filled in time costs no call', async () => {
  platform.socket.receive({ events: [message(2)] });
  platform.socket.receive({ events: [message(1)] });
  await platform.pass(500);
  expect(syncedWith()).toHaveLength(1);
  expect(state()?.lastSeq).toBe(2);
});

test('An event of an unknown conversation makes the client catch up, also if it is catching up just then', async () => {
  const unknown = { ...message(1), conversationId: other };
  syncs = [{}, { added: [conversation({ id: other, lastSeq: 1, unread: 1 })] }, {}];
  platform.socket.receive({ events: [unknown] });
  platform.socket.receive({ events: [unknown] });
  await settle();
  expect(chat.conversations.get(other)).toMatchObject({ lastSeq: 1, unread: 1 });
});

test('When a member is added, the conversation is described anew by the server', async () => {
  const members = conversation().members.map((member) => ({ ...member, role: 'admin' as const }));
  syncs = [{ added: [conversation({ lastSeq: 1, members })] }, {}];
  const change = { type: 'member', conversationId, seq: 1, userId: other, change: 'added', by: me, role: 'member' };
  platform.socket.receive({ events: [change] });
  await settle();
  expect(syncedWith().at(-1)).toEqual({ cursors: {}, epochs: {} });
  expect(state()).toMatchObject({ lastSeq: 1, members: [{ role: 'admin' }, { role: 'admin' }] });
});

test('A conversation from which the person was removed while it should be described is discarded', async () => {
  syncs = [{}, { removed: [conversationId] }, {}];
  const change = { type: 'member', conversationId, seq: 1, userId: other, change: 'added', by: me, role: 'member' };
  platform.socket.receive({ events: [change] });
  await settle();
  expect(syncedWith().slice(1)).toMatchObject([{ cursors: {} }, { cursors: { [conversationId]: 1 } }]);
  expect(state()).toBeUndefined();
});

test('A conversation whose description comes with a later page is left out of the cursors until then', async () => {
  syncs = [{ more: true }, { added: [conversation({ lastSeq: 1, name: 'described' })] }, {}];
  const change = { type: 'member', conversationId, seq: 1, userId: other, change: 'added', by: me, role: 'member' };
  platform.socket.receive({ events: [change] });
  await settle();
  expect(syncedWith().slice(1)).toEqual([1, 2].map(() => ({ cursors: {}, epochs: {} })));
  expect(state()?.name).toBe('described');
});

test('A description that is newer than the cursor does not hide the changes in between', async () => {
  syncs = [
    { added: [conversation({ lastSeq: 3 })] },
    { conversations: [synced({ lastSeq: 3, unread: 2, events: [message(2), message(3)] })] },
    {},
  ];
  const change = { type: 'member', conversationId, seq: 1, userId: other, change: 'added', by: me, role: 'member' };
  platform.socket.receive({ events: [change] });
  await settle();
  expect(state()).toMatchObject({ lastSeq: 3, unread: 2, messages: [{ seq: 2 }, { seq: 3 }] });
});

test.each([
  [
    'live',
    () =>
      platform.socket.receive({
        events: [{ type: 'member', conversationId, seq: 1, userId: me, change: 'removed', by: other }],
      }),
  ],
  [
    'in a catch-up',
    () => {
      syncs = [{ removed: [conversationId] }];
      return reconnect();
    },
  ],
])('A conversation from which the person was removed disappears, %s', async (_, remove) => {
  await remove();
  expect(chat.conversations.all).toEqual([]);
});

test('The read pointer is sent to the server, and again if the server did not take it', async () => {
  platform.socket.receive({ events: [message(1)] });
  chat.markRead(conversationId);
  expect(state()?.unread).toBe(0);
  const report = { receipts: [{ conversationId, seq: 1, status: 'read' }] };
  expect(platform.socket.frames('receipts')).toMatchObject([report]);
  await reconnect();
  expect(platform.socket.frames('receipts')).toMatchObject([report]);
  await platform.pass(2000);
  platform.socket.receive({ type: 'pong' });
  await settle();
  await reconnect();
  expect(platform.socket.frames('receipts')).toEqual([]);
});

test('Reading on another device moves the read pointer here', () => {
  platform.socket.receive({ events: [message(1)] });
  platform.socket.receive({ events: [{ type: 'receipt', conversationId, userId: me, delivered: 1, read: 1 }] });
  expect(state()?.unread).toBe(0);
});

test('A catch-up that fails is repeated', async () => {
  const serve = platform.serve;
  platform.serve = (call) => (call.path === '/sync' ? { status: 503 } : serve(call));
  await reconnect();
  expect(syncedWith()).toHaveLength(2);
  platform.serve = serve;
  syncs = [{ conversations: [synced({ lastSeq: 1, unread: 1, events: [message(1)] })] }, {}];
  await platform.pass(1000);
  expect(state()?.lastSeq).toBe(1);
});

test('A page of history is fetched again if earlier messages became visible during the request', async () => {
  const serve = platform.serve;
  const pages = [
    { messages: [message(2).message], hasMore: false },
    { messages: [message(2).message], hasMore: true },
  ];
  platform.serve = (call) => {
    if (!call.path.includes('/messages')) return serve(call);
    const body = pages.shift();
    const opened = { type: 'conversation', conversationId, seq: 3, history: 'all' };
    if (pages.length === 1) platform.socket.receive({ events: [opened] });
    return { body };
  };
  syncs = [{ conversations: [synced({ lastSeq: 2, events: [] })] }, {}];
  await reconnect();
  await chat.conversations.loadHistory(conversationId);
  expect(state()).toMatchObject({ history: 'all', hasOlder: true });
  expect(pages).toEqual([]);
});

test('A page of history is fetched again if a resync emptied the messages during the request', async () => {
  syncs = [{ conversations: [synced({ lastSeq: 60, events: [message(60)], resync: true })] }, {}];
  await reconnect();
  const serve = platform.serve;
  let answer: (answer: object) => void = () => {};
  platform.serve = (call) =>
    call.path.includes('/messages')
      ? new Promise((resolve) => {
          answer = resolve;
        })
      : serve(call);
  const loaded = chat.conversations.loadHistory(conversationId);
  await settle();
  syncs = [{ conversations: [synced({ lastSeq: 900, events: [message(900)], resync: true })] }, {}];
  await reconnect();
  answer({ body: { messages: [message(59).message], hasMore: true } });
  await settle();
  expect(state()?.messages.map(({ seq }) => seq)).toEqual([900]);
  expect(platform.calls.at(-1)?.path).toContain('before=900');
  answer({ body: { messages: [message(899).message], hasMore: true } });
  await loaded;
  expect(state()?.messages.map(({ seq }) => seq)).toEqual([899, 900]);
});

test('Changes that come together emit one change event', async () => {
  const changed = vi.fn();
  chat.on('change', changed);
  platform.socket.receive({ events: [message(1), message(2), message(3)] });
  await settle();
  expect(changed).toHaveBeenCalledOnce();
});

/** The conversation after a restore to the time of its first message: other people's numbers are given out again. */
const afterRestore = () =>
  synced({
    epoch: '2',
    lastSeq: 2,
    readSeq: 1,
    unread: 1,
    resync: true,
    events: [message(1), message(2, other, 'new')],
  });

test('In another epoch the client drops what it had, and ends in the state of a fresh fetch', async () => {
  platform.socket.receive({ events: [1, 2, 3, 4].map((seq) => message(seq)) });
  platform.socket.receive({ events: [message(6)] });
  syncs = [{ conversations: [afterRestore()] }, { added: [conversation({ epoch: '2', lastSeq: 2 })] }, {}];
  await reconnect();
  expect(syncedWith().at(1)).toEqual({ cursors: { [conversationId]: 4 }, epochs: { [conversationId]: '1' } });
  expect(state()).toMatchObject({ epoch: '2', lastSeq: 2, readSeq: 1, unread: 1, ahead: [], describedSeq: 2 });
  expect(state()?.messages.map(({ clientId }) => clientId)).toEqual(['client-1', 'new']);
  expect(state()?.lastMessage?.clientId).toBe('new');
});

test('An answer of another epoch that has no page yet changes nothing', async () => {
  platform.socket.receive({ events: [message(1)] });
  syncs = [
    { conversations: [synced({ epoch: '2', lastSeq: 9, more: true })], more: true },
    { conversations: [afterRestore()] },
    {},
  ];
  await reconnect();
  expect(syncedWith().at(2)).toEqual(syncedWith().at(1));
  expect(state()).toMatchObject({ epoch: '2', lastSeq: 2 });
});

test('A description of another epoch makes the client catch up, and is not mixed with what it has', async () => {
  platform.socket.receive({ events: [message(1), message(2), message(3)] });
  syncs = [{ conversations: [afterRestore()] }, {}];
  chat.conversations.add(conversation({ epoch: '2', lastSeq: 2, name: 'new' }));
  expect(state()).toMatchObject({ epoch: '1', lastSeq: 3, name: null });
  await settle();
  expect(state()).toMatchObject({ epoch: '2', lastSeq: 2 });
});

test('What a restore has lost of the own messages is sent again in its order, and what it has kept is not', async () => {
  for (const text of ['kept', 'lost', 'deleted', 'lost, too']) {
    void chat.outbox.add(conversationId, text);
    await settle();
    await acknowledge(sent().length);
  }
  const [kept, lost, deleted, later] = sent().map(({ id }) => id);
  const event = { type: 'deleted', conversationId, seq: 5, target: 3, by: me } as const;
  platform.socket.receive({ events: [{ ...event, message: message(3, me, deleted).message }] });
  syncs = [{ conversations: [{ ...afterRestore(), events: [message(1, me, kept), message(2, other, 'new')] }] }, {}];
  await reconnect();
  expect(sent()).toMatchObject([{ id: lost, text: 'lost', after: 1 }]);
  await acknowledge(3);
  expect(sent()[1]).toMatchObject({ id: later, text: 'lost, too', after: 3 });
  await acknowledge(4);
  await reconnect();
  expect(sent()).toEqual([]);
});

test('After a restart the client learns the epoch before it sends an old message again', async () => {
  void chat.outbox.add(conversationId, 'acknowledged');
  await settle();
  await acknowledge(1);
  platform.socket.receive({ events: [2, 3, 4, 5, 6].map((seq) => message(seq)) });
  void chat.outbox.add(conversationId, 'not acknowledged');
  await settle();
  const [first, second] = platform.sockets.flatMap((socket) => socket.frames('message'));
  expect(second).toMatchObject({ after: 6 });
  chat.close();
  syncs = [{ added: [conversation({ epoch: '2', lastSeq: 3 })] }, {}];
  chat = await openChat();
  // The second is looked for after the third change, because it may have any number of the new epoch.
  expect(sent()).toMatchObject([{ id: first?.id, after: 0 }]);
  await acknowledge(4);
  expect(sent()[1]).toMatchObject({ id: second?.id, after: 4 });
});

test('What is kept of a person is cleared with their outbox', async () => {
  void chat.outbox.add(conversationId, 'Hello');
  await settle();
  await acknowledge(1);
  await chat.outbox.clear();
  expect(await store.all()).toEqual([]);
});

test('Of the acknowledged messages a hundred are kept, for a day', async () => {
  for (let count = 1; count <= 101; count++) {
    void chat.outbox.add(conversationId, String(count));
    await settle();
    await acknowledge(count);
  }
  expect((await store.all()).map(({ text }) => text)).toEqual(Array.from({ length: 100 }, (_, i) => String(i + 2)));
  chat.close();
  await platform.pass(25 * 3_600_000);
  chat = await openChat();
  expect(await store.all()).toEqual([]);
});

test('A client that somebody looks at syncs in a quiet hour, because a push may have been lost', async () => {
  platform.socket.answersPings = true;
  await platform.pass(10 * 60_000);
  expect(syncedWith()).toHaveLength(1);
  syncs = [{ conversations: [synced({ lastSeq: 1, unread: 1, events: [message(1)] })] }, {}];
  await platform.pass(10 * 60_000);
  expect(syncedWith()).toHaveLength(2);
  expect(state()).toMatchObject({ lastSeq: 1, unread: 1 });
});

test('A client that nobody looks at syncs when somebody does again', async () => {
  platform.socket.answersPings = true;
  platform.isHidden = true;
  await platform.pass(60 * 60_000);
  expect(syncedWith()).toHaveLength(1);
  platform.isHidden = false;
  platform.wake();
  platform.wake();
  await settle();
  expect(syncedWith()).toHaveLength(2);
});

test('A snapshot shows without a connection what was known, and the next sync brings what came since', async () => {
  platform.socket.receive({ events: [message(1), message(2)] });
  const snapshot = JSON.parse(JSON.stringify(chat.snapshot()));
  chat.close();
  platform = new FakePlatform();
  platform.serve = () => ({ status: 503, body: { code: 'unavailable' } });
  const auth = new Auth({ httpUrl: '', platform });
  auth.resume(snapshot.user);
  chat = new Chat({ auth, wsUrl: 'wss://chat/ws', snapshot });
  const unseen: number[] = [];
  chat.on('unseen', (one) => unseen.push(one.message.seq));
  chat.setVisible(false);
  await chat.open();
  expect(state()).toMatchObject({ lastSeq: 2, unread: 2, messages: [{ text: 'text 1' }, { text: 'text 2' }] });
  expect(chat.conversations.loaded).toBe(false);
  platform.serve = ({ path }) => {
    if (path !== '/sync') return { body: session('token') };
    const events = [message(3)];
    return {
      body: { conversations: [synced({ lastSeq: 3, unread: 3, events })], added: [], removed: [], more: false },
    };
  };
  await platform.pass(60_000);
  platform.socket.accept();
  await settle();
  expect(syncedWith()).toContainEqual({ cursors: { [conversationId]: 2 }, epochs: { [conversationId]: '1' } });
  expect(state()).toMatchObject({ lastSeq: 3, unread: 3 });
  expect(state()?.messages).toHaveLength(3);
  // What came while the program was closed was told then, by a push.
  platform.socket.receive({ events: [message(4)] });
  expect(unseen).toEqual([4]);
});

test('Who leaves before the unsent messages were loaded leaves none of them', async () => {
  await store.put({ id: 'left', conversationId, text: 'unsent', createdAt: '2026-11-22T08:00:00.000Z' });
  const auth = new Auth({ httpUrl: '', platform });
  auth.resume(session('old').user);
  await new Chat({ auth, wsUrl: 'wss://chat/ws', store }).outbox.clear();
  expect(await store.all()).toEqual([]);
});

test('What was resumed ends if the session is over, or somebody else’s', async () => {
  const ends: string[] = [];
  for (const answer of [{ status: 401, body: { code: 'unauthorized' } }, { body: session('token', other) }]) {
    platform = new FakePlatform();
    platform.serve = () => answer;
    const auth = new Auth({ httpUrl: '', platform, onEnd: ({ code }) => ends.push(code) });
    auth.resume(session('old').user);
    chat = new Chat({ auth, wsUrl: 'wss://chat/ws' });
    await chat.open();
    await settle();
  }
  expect(ends).toEqual(['unauthorized', 'unauthorized']);
});
