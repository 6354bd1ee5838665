import type { Event } from 'storm-chat-protocol/events';
import { beforeEach, expect, test } from 'vitest';
import { Auth, Chat } from '../index.ts';
import { conversation, conversationId, me, message, other, session, synced } from './helpers/data.ts';
import { FakePlatform, settle } from './helpers/platform.ts';

let platform: FakePlatform;
let auth: Auth;
let chat: Chat;

async function openChat(change: Parameters<typeof conversation>[0] = {}): Promise<void> {
  platform = new FakePlatform();
  platform.serve = ({ path }) => {
    if (path === '/sync')
      return { body: { conversations: [], added: [conversation(change)], removed: [], more: false } };
    if (path.endsWith('/receipts')) return { body: { receipts: [{ userId: other, delivered: 7, read: 3 }] } };
    if (path.includes('/messages')) return { body: { messages: [], hasMore: false } };
    return { body: session('token') };
  };
  auth = new Auth({ httpUrl: '', platform });
  await auth.login({ login: 'maya', password: 'secret' });
  chat = new Chat({ auth, wsUrl: 'wss://chat/ws' });
  await chat.open();
  platform.socket.accept();
  await settle();
}

beforeEach(() => openChat());

const state = () => chat.conversations.get(conversationId) ?? expect.fail();
const sent = (action: string) => platform.socket.frames(action).map(({ id: _, action: __, ...rest }) => rest);
/** Answers the newest frame of an action. */
const acknowledge = async (action: string) => {
  platform.socket.receive({ re: platform.socket.frames(action).at(-1)?.id, ok: { seq: 1 } });
  await settle();
};
/** The receipts that were sent, a list for each frame. */
const reported = () => platform.socket.frames('receipts').map(({ receipts }) => receipts);
const push = (...events: Event[]) => platform.socket.receive({ events });
const typing = (userId: string, is = true): Event => ({ type: 'typing', conversationId, userId, typing: is });
const online = (is: boolean): Event => ({ type: 'presence', userId: other, online: is, lastSeenAt: null });

async function reconnect(): Promise<void> {
  platform.socket.drop();
  await platform.pass(1000);
  platform.socket.accept();
  await settle();
}

test('The typing of another member ends after 6 s, unless it is repeated', async () => {
  push(typing(other));
  await platform.pass(5000);
  push(typing(other));
  await platform.pass(5999);
  expect(state().typing).toEqual([other]);
  await platform.pass(1);
  expect(state().typing).toEqual([]);
});

test('The typing of another member ends by an event, and with their message', () => {
  push(typing(other), typing(other, false));
  expect(state().typing).toEqual([]);
  push(typing(other), message(1));
  expect(state().typing).toEqual([]);
});

test('Own typing is sent every 3 s, and its end only as long as others show it', async () => {
  chat.typing(conversationId);
  chat.typing(conversationId);
  await acknowledge('typing');
  await platform.pass(3000);
  chat.typing(conversationId);
  expect(sent('typing')).toEqual(Array(2).fill({ conversationId, typing: true }));
  await acknowledge('typing');
  chat.typing(conversationId, false);
  chat.typing(conversationId, false);
  expect(sent('typing').slice(2)).toEqual([{ conversationId, typing: false }]);
  await acknowledge('typing');
  chat.typing(conversationId);
  await acknowledge('typing');
  await platform.pass(6000);
  chat.typing(conversationId, false);
  expect(sent('typing')).toHaveLength(4);
});

test('A clock that is set back stops neither typing nor receipts', async () => {
  chat.typing(conversationId);
  await acknowledge('typing');
  push(message(1));
  chat.markRead(conversationId);
  platform.clockSetBy = -3_600_000;
  await platform.pass(3000);
  chat.typing(conversationId);
  expect(sent('typing')).toHaveLength(2);
  push(message(2));
  chat.markRead(conversationId);
  expect(reported()).toHaveLength(2);
});

test('The end of typing goes out only after its beginning was answered, since frames may overtake each other', async () => {
  chat.typing(conversationId);
  chat.typing(conversationId, false);
  expect(sent('typing')).toMatchObject([{ typing: true }]);
  await acknowledge('typing');
  expect(sent('typing')).toMatchObject([{ typing: true }, { typing: false }]);
});

test('A message that may be overtaken by the frame of its typing ends that again', async () => {
  chat.typing(conversationId);
  void chat.send(conversationId, 'Hello');
  await acknowledge('typing');
  expect(sent('typing')).toMatchObject([{ typing: true }, { typing: false }]);
});

test('A sent message ends own typing without a further frame', async () => {
  chat.typing(conversationId);
  await acknowledge('typing');
  void chat.send(conversationId, 'Hello');
  chat.typing(conversationId, false);
  expect(sent('typing')).toHaveLength(1);
});

test('In large groups the client sends neither typing nor delivery receipts', async () => {
  await openChat({ memberCount: 101 });
  chat.typing(conversationId);
  push(message(1));
  await platform.pass(2000);
  expect([...sent('typing'), ...reported()]).toEqual([]);
});

test('Delivery receipts wait for two seconds, in which more may arrive', async () => {
  push(message(1));
  await platform.pass(1999);
  push(message(2));
  expect(reported()).toEqual([]);
  await platform.pass(1);
  push(message(3));
  await platform.pass(2000);
  expect(reported()).toEqual([2, 3].map((seq) => [{ conversationId, seq, status: 'delivered' }]));
});

test('A message that is read within two seconds gets no delivery receipt', async () => {
  push(message(1));
  await platform.pass(1999);
  chat.markRead(conversationId);
  await platform.pass(5000);
  expect(reported()).toEqual([[{ conversationId, seq: 1, status: 'read' }]]);
});

test('What came after the last message that was read gets its delivery receipt all the same', async () => {
  push(message(1), message(2));
  chat.markRead(conversationId, 1);
  await platform.pass(2000);
  expect(reported()).toEqual([
    [{ conversationId, seq: 1, status: 'read' }],
    [{ conversationId, seq: 2, status: 'delivered' }],
  ]);
  push(message(3));
  chat.markRead(conversationId, 2);
  chat.markRead(conversationId, 3);
  push(message(4));
  await platform.pass(2000);
  expect(reported().flat().slice(2)).toEqual([
    { conversationId, seq: 3, status: 'read' },
    { conversationId, seq: 4, status: 'delivered' },
  ]);
});

test('The receipts of several conversations share a frame', async () => {
  const other = '018f0000-0000-7000-8000-00000000c0de';
  chat.conversations.add(conversation({ id: other, lastSeq: 3, unread: 3 }));
  push(message(1));
  await platform.pass(2000);
  expect(reported()).toEqual([
    [
      { conversationId: other, seq: 3, status: 'delivered' },
      { conversationId, seq: 1, status: 'delivered' },
    ],
  ]);
});

test('Receipts that the server refuses for a while are sent again, later ones with them', async () => {
  push(message(1));
  chat.markRead(conversationId);
  const [frame] = platform.socket.frames('receipts');
  const error = { code: 'rate_limited', message: '', temporary: true, retryAfterMs: 5000 };
  platform.socket.receive({ re: frame?.id, error });
  await settle();
  await platform.pass(4999);
  expect(reported()).toHaveLength(1);
  await platform.pass(1);
  expect(reported().at(-1)).toEqual([{ conversationId, seq: 1, status: 'read' }]);
});

test('While a server fails, receipts are sent at growing intervals', async () => {
  push(message(1));
  chat.markRead(conversationId);
  const intervals = [];
  for (let frames = 1; frames < 7; frames += 1) {
    platform.socket.receive({ message: 'Internal server error', connectionId: 'c', requestId: 'r' });
    await settle();
    let seconds = 0;
    for (; reported().length === frames && seconds < 60; seconds += 1) await platform.pass(1000);
    intervals.push(seconds);
  }
  expect(intervals).toEqual([1, 1, 1, 2, 4, 8]);
});

test('To a server that doesn’t know frames with several receipts they are sent one by one', async () => {
  push(message(1));
  chat.markRead(conversationId);
  const [frame] = platform.socket.frames('receipts');
  platform.socket.receive({ re: frame?.id, error: { code: 'bad_request', message: '', temporary: false } });
  await settle();
  expect(sent('receipt')).toEqual([{ conversationId, seq: 1, status: 'read' }]);
});

test('What the server turns out not to know of one’s reading is reported again', async () => {
  push(message(1));
  chat.markRead(conversationId);
  await platform.pass(2000);
  push(message(2));
  chat.markRead(conversationId);
  const { serve } = platform;
  const behind = {
    conversationId,
    lastSeq: 2,
    readSeq: 0,
    unread: 2,
    events: [],
    more: false,
    muted: false,
    epoch: state().epoch,
  };
  platform.serve = (call) =>
    call.path === '/sync' ? { body: { conversations: [behind], added: [], removed: [] } } : serve(call);
  await platform.pass(5000);
  const before = reported().length;
  await chat.conversations.catchUp();
  expect(reported().slice(before)).toEqual([[{ conversationId, seq: 2, status: 'read' }]]);
});

test('A message that was read on another device gets no delivery receipt', async () => {
  push(message(1), { type: 'receipt', conversationId, userId: me, delivered: 1, read: 1 });
  await platform.pass(2000);
  expect(reported()).toEqual([]);
});

test('An unread count that cannot be computed is fetched after the server has taken the read receipt', async () => {
  await openChat({ lastSeq: 5, unread: 5 });
  platform.socket.drop();
  chat.markRead(conversationId);
  let server = { readSeq: 0, unread: 800 };
  const { serve } = platform;
  platform.serve = (call) => {
    if (call.path !== '/sync') return serve(call);
    const cursor = (call.body as { cursors: Record<string, number> }).cursors[conversationId];
    const answer = { conversations: [] as object[], added: [] as object[], removed: [], more: false };
    const changes = { conversationId, lastSeq: 900, ...server, events: [message(900)], more: false };
    if (cursor === undefined) answer.added.push(conversation({ lastSeq: 900 }));
    else answer.conversations.push(cursor < 900 ? { ...changes, resync: true } : { ...changes, events: [] });
    return { body: answer };
  };
  await platform.pass(1000);
  platform.socket.accept();
  await settle();
  expect(reported()[0]).toMatchObject([{ seq: 5, status: 'read' }]);
  server = { readSeq: 5, unread: 795 };
  await platform.pass(2000);
  push(typing(other));
  await settle();
  expect(state()).toMatchObject({ readSeq: 5, unread: 795 });
});

test('Read receipts are sent once a second', async () => {
  for (const seq of [1, 2, 3]) {
    push(message(seq));
    chat.markRead(conversationId);
  }
  await platform.pass(1000);
  expect(reported()).toEqual([1, 3].map((seq) => [{ conversationId, seq, status: 'read' }]));
});

test('Own messages get no receipts', async () => {
  push(message(1, me));
  await platform.pass(2000);
  expect(reported()).toEqual([]);
});

test('A conversation on screen has its history, receipts and presence fetched, the latter two after each connect', async () => {
  const hide = chat.show(conversationId);
  await settle();
  expect(state()).toMatchObject({ loaded: true, receipts: { [other]: { delivered: 7, read: 3 } } });
  expect(sent('presence')).toEqual([{ userIds: [other] }]);
  await reconnect();
  expect(sent('presence')).toEqual([{ userIds: [other] }]);
  const receipts = () => platform.calls.filter(({ path }) => path.endsWith('/receipts')).length;
  expect(receipts()).toBe(2);
  hide();
  await reconnect();
  expect(sent('presence')).toEqual([]);
  expect(receipts()).toBe(2);
});

test('Presence is known from the answer to a subscription, and then from events', async () => {
  chat.presence.subscribe([other]);
  const [ask] = platform.socket.frames('presence');
  platform.socket.receive({ re: ask?.id, ok: { users: [online(true)] } });
  await settle();
  const presence = { userId: other, lastSeenAt: null };
  expect(chat.presence.get(other)).toEqual({ ...presence, online: true });
  push(online(false));
  expect(chat.presence.get(other)).toEqual({ ...presence, online: false });
  expect(chat.presence.get(me)).toBeUndefined();
});

test('Nobody is known to be online without a connection, nor after it before the new answer', async () => {
  chat.presence.subscribe([other]);
  const answer = async () => {
    const [ask] = platform.socket.frames('presence').slice(-1);
    platform.socket.receive({ re: ask?.id, ok: { users: [online(true)] } });
    await settle();
    return chat.presence.get(other)?.online;
  };
  expect(await answer()).toBe(true);
  platform.socket.drop();
  expect(chat.presence.get(other)).toBeUndefined();
  await platform.pass(1000);
  platform.socket.accept();
  expect(chat.presence.get(other)).toBeUndefined();
  expect(await answer()).toBe(true);
  // The program may know before the client that the connection is lost.
  chat.presence.forget();
  expect(chat.presence.get(other)).toBeUndefined();
  chat.presence.resubscribe();
  expect(await answer()).toBe(true);
});

test('A presence event that arrives before the answer to the subscription is newer than the answer', async () => {
  chat.presence.subscribe([other]);
  const [ask] = platform.socket.frames('presence');
  push(online(false));
  platform.socket.receive({ re: ask?.id, ok: { users: [online(true)] } });
  await settle();
  expect(chat.presence.get(other)).toMatchObject({ online: false });
});

test('A subscription that failed for a while is repeated, unless a new socket or nobody needs it', async () => {
  const asks = () => platform.socket.frames('presence').map(({ userIds }) => userIds);
  const refuse = async () => {
    const [ask] = platform.socket.frames('presence').slice(-1);
    platform.socket.receive({
      re: ask?.['id'],
      error: { code: 'rate_limited', message: '', temporary: true, retryAfterMs: 3000 },
    });
    await settle();
  };
  const end = chat.presence.subscribe([other]);
  await refuse();
  await platform.pass(5000);
  expect(asks()).toEqual([[other], [other]]);
  await refuse();
  await reconnect();
  await platform.pass(5000);
  expect(asks()).toEqual([[other]]);
  await refuse();
  end();
  await platform.pass(5000);
  expect(asks()).toEqual([[other]]);
});

test('A subscription to many people takes several frames', () => {
  chat.presence.subscribe(Array.from({ length: 250 }, (_, index) => `user-${index}`));
  expect(platform.socket.frames('presence').map((frame) => (frame['userIds'] as unknown[]).length)).toEqual([
    100, 100, 50,
  ]);
});

test('Edits, deletions, reactions and replies are sent as the protocol describes them', async () => {
  void chat.edit(conversationId, 1, 'better');
  void chat.delete(conversationId, 2);
  void chat.react(conversationId, 3, '👍');
  void chat.react(conversationId, 3, '👍', true);
  void chat.send(conversationId, 'Yes', { replyTo: 3 });
  await settle();
  await acknowledge('react');
  expect(sent('edit')).toEqual([{ conversationId, seq: 1, text: 'better' }]);
  expect(sent('delete')).toEqual([{ conversationId, seq: 2 }]);
  expect(sent('react')).toEqual([
    { conversationId, seq: 3, emoji: '👍', remove: false },
    { conversationId, seq: 3, emoji: '👍', remove: true },
  ]);
  expect(sent('message')).toMatchObject([{ text: 'Yes', replyTo: 3 }]);
});

test.each([
  ['edits', 'edit', () => [chat.edit(conversationId, 1, 'one'), chat.edit(conversationId, 1, 'two')], { text: 'two' }],
  [
    'reactions',
    'react',
    () => [chat.react(conversationId, 1, '👍'), chat.react(conversationId, 1, '👍', true)],
    { remove: true },
  ],
])(
  'Of two quick %s to a message the last one wins, also over a loss of the connection',
  async (_, action, act, last) => {
    const results = Promise.all(act());
    expect(sent(action)).toHaveLength(1);
    await reconnect();
    expect(sent(action)).toMatchObject([last]);
    await acknowledge(action);
    expect(await results).toEqual([{ ok: { seq: 1 } }, { ok: { seq: 1 } }]);
  },
);

test('What waits for a connection is given up when the session ends', async () => {
  platform.socket.drop();
  const edited = chat.edit(conversationId, 1, 'better');
  platform.serve = () => ({ status: 401, body: { code: 'unauthorized' } });
  auth.discard('token');
  await platform.pass(60_000);
  expect(auth.user).toBeUndefined();
  expect(await edited).toMatchObject({ error: { code: 'unauthorized', temporary: false } });
});

test('Of two quick changes of muting the last one wins', async () => {
  const { serve } = platform;
  const { promise, resolve } = Promise.withResolvers<void>();
  platform.serve = async (call) => {
    if (call.method === 'PATCH' || call.method === 'PUT') await promise;
    return serve(call);
  };
  const results = [chat.mute(conversationId, true), chat.mute(conversationId, false)];
  await settle();
  resolve();
  await Promise.all(results);
  const asked = platform.calls.filter(({ body }) => Object(body).muted !== undefined);
  expect(asked.map(({ body }) => body)).toEqual([{ muted: true }, { muted: false }]);
  expect(state().muted).toBe(false);
});

test('Muting takes effect when the server has accepted it', async () => {
  expect(await chat.mute(conversationId, true)).toHaveProperty('ok');
  expect(state().muted).toBe(true);
  expect(platform.calls.find(({ method }) => method === 'PATCH')).toMatchObject({
    path: `/conversations/${conversationId}/members/${me}`,
    body: { muted: true },
  });
});

test('Muting on another device takes effect at once, and the server decides between changes at the same time', async () => {
  const { serve } = platform;
  const conversations = [synced({ muted: false })];
  platform.serve = (call) =>
    call.path === '/sync' ? { body: { conversations, added: [], removed: [], more: false } } : serve(call);
  push({ type: 'muted', conversationId, muted: true });
  expect(state().muted).toBe(true);
  await settle();
  expect(state().muted).toBe(false);
});

test('Muting on another device during an absence is known after the next connect', async () => {
  const { serve } = platform;
  const conversations = [synced({ muted: true })];
  platform.serve = (call) =>
    call.path === '/sync' ? { body: { conversations, added: [], removed: [], more: false } } : serve(call);
  await reconnect();
  expect(state().muted).toBe(true);
});

test('A bye to one socket too many leaves the session alone', () => {
  push({ type: 'bye', reason: 'too_many', reconnect: false });
  expect(auth.user).toBeDefined();
  expect(chat.connection).toBe('ended');
});

test('A bye at the end of a login ends the session', () => {
  push({ type: 'bye', reason: 'logged_out', reconnect: false });
  expect(auth.user).toBeUndefined();
  expect(platform.calls.some(({ path }) => path === '/auth/refresh')).toBe(false);
});

test('What is read is read up to the last message that was seen, and no further', () => {
  push(message(1), message(2), message(3));
  chat.markRead(conversationId, 2);
  expect(state()).toMatchObject({ readSeq: 2, unread: 1 });
  expect(reported()).toEqual([[{ conversationId, seq: 2, status: 'read' }]]);
  chat.markRead(conversationId, 1);
  expect(state().readSeq).toBe(2);
});

test('Old messages of a conversation that is not on screen are let go, and can be loaded again', async () => {
  const many = (from: number) => Array.from({ length: 150 }, (_, i) => message(from + i));
  const hide = chat.show(conversationId);
  await settle();
  push(...many(1));
  push(...many(151));
  expect(state().messages).toHaveLength(300);
  hide();
  await settle();
  expect(state()).toMatchObject({ lastSeq: 300, unread: 300, hasOlder: true });
  expect(state().messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, i) => 201 + i));
  push(...many(301));
  expect(state().messages.length).toBeLessThanOrEqual(200);
  expect(state().unread).toBe(450);
  await chat.conversations.loadHistory(conversationId);
  expect(platform.calls.at(-1)?.path).toContain(`before=${state().messages[0]?.seq}`);
});
