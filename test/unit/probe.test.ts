import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import * as z from 'zod/mini';
import { ownGroup, talk } from '#lambdas/probe/talk.ts';

const conversationId = '019ac2c4-0000-7000-8000-000000000001';
const Frame = z.object({ id: z.string(), conversationId: z.string() });
const Body = z.looseObject({ cursors: z.optional(z.record(z.string(), z.number())) });
const event = (clientId: string, seq: number) => ({
  type: 'message',
  conversationId,
  seq,
  message: {
    seq,
    n: seq,
    senderId: conversationId,
    clientId,
    text: 'probe',
    media: [],
    replyTo: null,
    sentAt: '2026-11-28T12:00:00.000Z',
    reactions: [],
  },
});
const group = {
  id: conversationId,
  type: 'group',
  name: 'probe',
  avatarUrl: null,
  history: 'all',
  members: [],
  memberCount: 1,
  epoch: '1',
  lastSeq: 0,
  readSeq: 0,
  unread: 0,
  lastMessage: null,
  muted: false,
  createdAt: '2026-11-28T12:00:00.000Z',
};
const entry = { conversationId, epoch: '1', lastSeq: 7, readSeq: 7, unread: 0, muted: false, more: false };

/** What a service does wrong. */
interface Faults {
  readonly refuses?: boolean;
  readonly answer?: object;
  readonly silent?: boolean;
  readonly seqOfEvent?: number;
  readonly forgets?: boolean;
  readonly groups?: readonly object[];
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A service that has what the probe uses, with faults. */
async function service({ refuses, answer, silent, seqOfEvent = 7, forgets, groups = [group] }: Faults = {}) {
  const calls: string[] = [];
  let sent = '';
  const server = createServer(async (request, response) => {
    calls.push(`${request.method} ${request.url}`);
    const { cursors = {} } = Body.parse(JSON.parse((await request.toArray()).join('')));
    const conversations =
      conversationId in cursors ? [{ ...entry, events: forgets ? [] : [event(sent, seqOfEvent)] }] : [];
    const added = conversationId in cursors ? [] : groups;
    const body = request.url === '/sync' ? { conversations, added, removed: [], more: false } : group;
    response.end(JSON.stringify(body));
  });
  const sockets = new Set<WebSocket>();
  const upgrades = new WebSocketServer({ noServer: true, handleProtocols: () => 'storm.v1' });
  server.on('upgrade', (request, socket, head) => {
    if (refuses) return void socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    upgrades.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.add(webSocket);
      webSocket.on('message', (data) => {
        const { id } = Frame.parse(JSON.parse(String(data)));
        sent = id;
        webSocket.send(
          JSON.stringify({ re: id, ...(answer ?? { ok: { seq: 7, sentAt: '2026-11-28T12:00:00.000Z' } }) }),
        );
        const events = [event('019ac2c4-0000-7000-8000-00000000000f', 6), event(id, seqOfEvent)];
        for (const other of sockets)
          if (other !== webSocket && !silent) other.send(JSON.stringify({ events: [{ type: 'news' }, ...events] }));
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    for (const socket of sockets) socket.terminate();
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const client = { httpUrl: `http://127.0.0.1:${port}`, socketUrl: `ws://127.0.0.1:${port}`, token: 'a.b.c' };
  return { calls, sockets, client, run: (ms = 10_000) => talk(client, conversationId, AbortSignal.timeout(ms)) };
}

test('the probe sends, receives by another socket, catches up, and closes both', async () => {
  const { run, sockets } = await service();
  expect(await run()).toBe(7);
  expect([...sockets].filter(({ readyState, OPEN }) => readyState === OPEN)).toEqual([]);
  expect(sockets.size).toBe(2);
});

test.for<[string, Faults, RegExp]>([
  ['refuses sockets', { refuses: true }, /at opening a socket: The socket was refused/],
  ['refuses the message', { answer: { error: { code: 'internal' } } }, /at the answer to message [\w-]+: internal/],
  ['delivers nothing', { silent: true }, /at receiving message [\w-]+: The time is up/],
  ['delivers it with another number', { seqOfEvent: 8 }, /it is 8 for one and 7 for the other/],
  ['forgets the message', { forgets: true }, /at catching up: message [\w-]+ is missing/],
])('a service that %s fails it, and it says where', async ([, faults, message]) => {
  const { run } = await service(faults);
  await expect(run(faults.silent ? 500 : undefined)).rejects.toThrow(message);
});

test('its group is found, and made only if there is none', async () => {
  const there = await service();
  expect(await ownGroup(there.client, AbortSignal.timeout(10_000))).toBe(conversationId);
  expect(there.calls).toEqual(['POST /sync']);
  const fresh = await service({ groups: [{ ...group, name: 'another' }] });
  expect(await ownGroup(fresh.client, AbortSignal.timeout(10_000))).toBe(conversationId);
  expect(fresh.calls).toEqual(['POST /sync', 'POST /conversations']);
});
