import { beforeEach, expect, test } from 'vitest';
import { Auth } from '../auth.ts';
import { Connection, type ConnectionState } from '../connection.ts';
import { session } from './helpers/data.ts';
import { FakePlatform, settle } from './helpers/platform.ts';

let platform: FakePlatform;
let auth: Auth;
let connection: Connection;
let states: ConnectionState[];
const minute = 60_000;

beforeEach(async () => {
  platform = new FakePlatform();
  let refreshed = 0;
  platform.serve = ({ path }) => ({ body: session(path === '/auth/login' ? 'first' : `fresh-${++refreshed}`) });
  states = [];
  auth = new Auth({ httpUrl: '', platform, onEnd: () => connection.close() });
  await auth.login({ login: 'maya', password: 'secret' });
  connection = new Connection({
    wsUrl: 'wss://chat/ws',
    auth,
    platform,
    onState: (state) => states.push(state),
    onEvents: () => {},
    onSocket: () => {},
  });
  connection.open();
  await settle();
});

test('The client offers the protocol and the token as subprotocols, and is online once the socket is open', () => {
  expect(platform.socket).toMatchObject({ url: 'wss://chat/ws', protocols: ['storm.v1', 'bearer.first'] });
  platform.socket.accept();
  expect(states).toEqual(['connecting', 'online']);
});

test('An address that a program learns later is that of the next socket', async () => {
  let wsUrl = 'wss://chat/before';
  connection = new Connection({
    wsUrl: () => wsUrl,
    ...{ auth, platform, onState: () => {}, onEvents: () => {}, onSocket: () => {} },
  });
  connection.open();
  await settle();
  wsUrl = 'wss://chat/after';
  platform.socket.drop();
  await platform.pass(1000);
  expect(platform.sockets.slice(1).map(({ url }) => url)).toEqual(['wss://chat/before', 'wss://chat/after']);
});

test('The client reconnects after the loss of its socket', async () => {
  platform.socket.accept();
  platform.socket.drop();
  expect(connection.state).toBe('reconnecting');
  await platform.pass(1000);
  platform.socket.accept();
  expect(platform.sockets).toHaveLength(2);
  expect(connection.state).toBe('online');
});

test('The delay between attempts to connect grows up to 30 s', async () => {
  const waits: number[] = [];
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const before = platform.sockets.length;
    platform.socket.drop();
    let waited = 0;
    for (; platform.sockets.length === before; waited += 250) await platform.pass(250);
    waits.push(waited);
  }
  expect(waits.slice(0, 3)).toEqual([250, 500, 1000]);
  expect(Math.max(...waits)).toBe(15_000);
});

test('The first refused upgrade makes the client renew its token, later ones do not', async () => {
  platform.socket.drop();
  await platform.pass(1000);
  platform.socket.drop();
  await platform.pass(1000);
  expect(platform.sockets.map(({ protocols }) => protocols[1])).toEqual([
    'bearer.first',
    'bearer.fresh-1',
    'bearer.fresh-1',
  ]);
});

test('So does the first one after the loss of a socket, because the keys may have been replaced meanwhile', async () => {
  platform.socket.accept();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    platform.socket.drop();
    await platform.pass(2000);
  }
  expect(platform.sockets.map(({ protocols }) => protocols[1])).toEqual([
    'bearer.first',
    'bearer.first',
    'bearer.fresh-1',
    'bearer.fresh-1',
  ]);
});

test('An idle socket is pinged every 30 s', async () => {
  platform.socket.accept();
  await platform.pass(15_000);
  platform.socket.receive({ type: 'pong' });
  await platform.pass(29_999);
  expect(platform.socket.frames('ping')).toHaveLength(1);
  await platform.pass(1);
  expect(platform.socket.frames('ping')).toHaveLength(2);
});

test('Every frame of the server postpones the next ping', async () => {
  platform.socket.accept();
  for (let second = 0; second < 120; second += 10) {
    platform.socket.receive({ events: [] });
    await platform.pass(10_000);
  }
  expect(platform.socket.frames('ping')).toEqual([]);
});

test('A hidden client sends a keepalive every 9 minutes and expects no answer', async () => {
  platform.isHidden = true;
  platform.socket.accept();
  platform.socket.receive({ events: [] });
  await platform.pass(9 * minute - 1);
  expect(platform.socket.sent).toEqual([]);
  await platform.pass(1);
  await platform.pass(9 * minute);
  expect(platform.socket.sent).toEqual([{ action: 'keepalive' }, { action: 'keepalive' }]);
  expect(platform.sockets).toHaveLength(1);
});

test('A ping without a pong makes the client reconnect', async () => {
  const dead = platform.socket;
  dead.accept();
  await platform.pass(minute);
  expect(dead.closed).toBe(true);
  expect(platform.sockets.length).toBeGreaterThan(1);
});

test('The socket is replaced before two hours are over, and stays open until the new one is', async () => {
  const old = platform.socket;
  old.accept();
  for (let passed = 0; passed <= 100 * minute; passed += 10_000) {
    old.receive({ type: 'pong' });
    await platform.pass(10_000);
  }
  expect(platform.sockets).toHaveLength(2);
  expect(old.closed).toBe(false);
  platform.socket.accept();
  expect(old.closed).toBe(true);
  expect(states).toEqual(['connecting', 'online']);
});

test('A replaced socket stays open until its requests have their replies', async () => {
  const old = platform.socket;
  old.accept();
  const reply = connection.request({ action: 'receipt', id: 'r1' });
  old.receive({ events: [{ type: 'bye', reason: 'moving', reconnect: true }] });
  await settle();
  platform.socket.accept();
  expect(old.closed).toBe(false);
  old.receive({ re: 'r1', ok: {} });
  expect(await reply).toEqual({ ok: {} });
  expect(old.closed).toBe(true);
});

test('A client that is told not to reconnect stays away until it is opened again', async () => {
  const old = platform.socket;
  old.accept();
  old.receive({ events: [{ type: 'bye', reason: 'too_many', reconnect: false }] });
  expect(old.closed).toBe(true);
  platform.wake();
  await platform.pass(3 * 60 * minute);
  expect(platform.sockets).toHaveLength(1);
  expect(states).toEqual(['connecting', 'online', 'ended']);
  expect(auth.user).toBeDefined();
  connection.open();
  await settle();
  platform.socket.accept();
  expect(states.slice(3)).toEqual(['connecting', 'online']);
});

test('A client that is told to pause stays away for that long, whoever wakes it, and then reconnects', async () => {
  const old = platform.socket;
  old.accept();
  old.receive({ events: [{ type: 'bye', reason: 'rate_limited', reconnect: true, retryAfterMs: minute }] });
  old.drop();
  platform.wake();
  await platform.pass(minute - 1);
  expect(platform.sockets).toHaveLength(1);
  await platform.pass(1);
  platform.socket.accept();
  expect(platform.sockets).toHaveLength(2);
  expect(connection.state).toBe('online');
});

test('A socket that makes room for its own successor takes nothing with it', async () => {
  const old = platform.socket;
  old.accept();
  old.receive({ events: [{ type: 'bye', reason: 'moving', reconnect: true }] });
  await settle();
  old.receive({ events: [{ type: 'bye', reason: 'too_many', reconnect: false }] });
  old.drop();
  platform.socket.accept();
  expect(connection.state).toBe('online');
});

test('Replies resolve their requests by id, and the end of the socket fails the rest', async () => {
  platform.socket.accept();
  const [first, second, third] = ['1', '2', '3'].map((id) => connection.request({ action: 'receipt', id }));
  platform.socket.receive({ re: '2', ok: { seq: 7 } });
  platform.socket.receive({ re: '1', error: { code: 'forbidden', message: '', temporary: false } });
  platform.socket.drop();
  expect(await second).toEqual({ ok: { seq: 7 } });
  expect(await first).toMatchObject({ error: { code: 'forbidden' } });
  expect(await third).toMatchObject({ error: { code: 'offline' } });
});

test('A request without a reply in 5 s makes the client check the socket, unless something else came', async () => {
  platform.socket.accept();
  void connection.request({ action: 'edit', id: '1' });
  await platform.pass(4_999);
  platform.socket.receive({ events: [] });
  await platform.pass(1);
  expect(platform.socket.frames('ping')).toEqual([]);
  void connection.request({ action: 'edit', id: '2' });
  await platform.pass(5_000);
  expect(platform.socket.frames('ping')).toHaveLength(1);
  await platform.pass(10_000);
  expect(platform.socket.closed).toBe(true);
});

test.each(['', 'null', '7', '"text"', '[]', '{"events":7}', '{"events":{}}', '{"re":{}}', '{', '\u0000'])(
  'A frame that is %j changes nothing',
  async (frame) => {
    platform.socket.accept();
    const reply = connection.request({ action: 'edit', id: '1' });
    platform.socket.receiveText(frame);
    platform.socket.receive({ re: '1', ok: {} });
    expect(await reply).toEqual({ ok: {} });
  },
);

test('A request without a reply in 30 s fails temporarily', async () => {
  platform.socket.accept();
  const reply = connection.request({ action: 'receipt', id: '1' });
  for (let passed = 0; passed < 30; passed += 1) {
    await platform.pass(1000);
    platform.socket.receive({ type: 'pong' });
  }
  expect(await reply).toMatchObject({ error: { code: 'unavailable', temporary: true } });
});

test('What the gateway could not hand on fails at once, and may be sent again, since nobody says which it was', async () => {
  platform.socket.accept();
  const replies = ['1', '2'].map((id) => connection.request({ action: 'receipt', id }));
  const refused = { message: 'Too Many Requests', connectionId: 'c', requestId: 'r' };
  platform.socket.receive(refused);
  platform.socket.receive({ re: '1', ok: {} });
  platform.socket.receive({ ...refused, message: 'Internal server error' });
  expect(await Promise.all(replies)).toMatchObject([{ ok: {} }, { error: { code: 'unavailable', temporary: true } }]);
  platform.socket.receive({ re: '2', ok: {} });
});

test('The client reconnects at once when the network is back', async () => {
  platform.socket.accept();
  platform.socket.drop();
  platform.wake();
  platform.wake();
  await settle();
  expect(platform.sockets).toHaveLength(2);
});

test('A closed connection does not reconnect', async () => {
  platform.socket.accept();
  connection.close();
  await platform.pass(10 * minute);
  expect(platform.sockets).toHaveLength(1);
  expect(connection.state).toBe('closed');
});
