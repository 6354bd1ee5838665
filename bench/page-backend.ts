import { once } from 'node:events';
import * as fs from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as path from 'node:path';
import { WebSocketServer } from 'ws';
import type { Session } from '#protocol/accounts.ts';
import type { Conversation } from '#protocol/conversations.ts';
import type { Event, Sync } from '#protocol/events.ts';
import type { History } from '#protocol/history.ts';
import type { Message } from '#protocol/messages.ts';

/** An id of which only the last digits differ. */
const idOf = (group: string, n: number) => `0190${group}-0000-7000-8000-${String(n).padStart(12, '0')}`;
const ann = idOf('aaaa', 1);
const people = [ann, ...Array.from({ length: 9 }, (_, i) => idOf('aaaa', i + 2))];
const room = idOf('cccc', 1);
const began = Date.UTC(2026, 0, 1);
/** One message a minute. */
const timeOf = (seq: number) => new Date(began + seq * 60_000).toISOString();

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

/**
 * Serves a built page, and stands in for the backend with a group that has very many messages, and some others. The real one would share the machine with
 * the browser that is measured, and would take minutes to fill.
 */
export async function servePage(pageDir: string, messages: number, conversations = 1) {
  let lastSeq = messages;
  const textOf = (seq: number) => `Message ${seq}${' with some more words'.repeat(seq % 5)}`;
  const message = (seq: number): Message => ({
    seq,
    n: seq,
    senderId: people[seq % 7 === 0 ? 0 : seq % people.length] ?? ann,
    clientId: idOf('eeee', seq),
    text: textOf(seq),
    media: [],
    replyTo: null,
    sentAt: timeOf(seq),
  });
  const user = (id: string): Session['user'] => ({
    id,
    username: `user${people.indexOf(id)}`,
    displayName: `Person ${people.indexOf(id)}`,
    bio: '',
    avatarUrl: null,
    createdAt: timeOf(0),
  });
  const conversation = (): Conversation => ({
    id: room,
    type: 'group',
    name: 'Bench',
    avatarUrl: null,
    history: 'all',
    members: people.map((userId) => ({ userId, role: 'member', joinedAt: timeOf(0) })),
    memberCount: people.length,
    epoch: 'one',
    lastSeq,
    readSeq: lastSeq,
    unread: 0,
    lastMessage: message(lastSeq),
    muted: false,
    createdAt: timeOf(0),
  });

  const others = Array.from(
    { length: conversations - 1 },
    (_, i): Conversation => ({
      ...conversation(),
      id: idOf('cccc', i + 2),
      name: `Group ${i + 2}`,
      createdAt: timeOf(-i),
      lastMessage: { ...message(1), sentAt: timeOf(-i) },
    }),
  );

  /** What the HTTP API answers. */
  function answer(method: string, url: URL): unknown {
    const call = `${method} ${url.pathname.replace('/api', '')}`;
    const userId = /^GET \/users\/(.*)$/.exec(call)?.[1];
    if (call === 'POST /auth/refresh') {
      const session: Session = { user: user(ann), accessToken: 'token', expiresIn: 3_600 };
      return session;
    }
    if (call === 'POST /sync') {
      const added = [conversation(), ...others];
      const sync: Sync = { conversations: [], added, removed: [], more: false };
      return sync;
    }
    if (call.endsWith('/messages')) return history(url.searchParams);
    if (call.endsWith('/receipts')) return { receipts: [] };
    if (call === 'GET /invitations') return { invitations: [] };
    if (userId && people.includes(userId)) return user(userId);
    return undefined;
  }

  function history(query: URLSearchParams): History {
    const before = Number(query.get('before') ?? lastSeq + 1);
    const after = Number(query.get('after') ?? 0);
    const limit = Number(query.get('limit') ?? 50);
    const from = query.has('after') ? after + 1 : Math.max(1, before - limit);
    const to = Math.min(before - 1, lastSeq, from + limit - 1);
    const found = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => message(from + i));
    return { messages: found, hasMore: query.has('after') ? to < Math.min(before - 1, lastSeq) : from > 1 };
  }

  function serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/config.json') {
      const config = {
        httpUrl: `${origin}/api`,
        wsUrl: `${origin.replace('http', 'ws')}/ws`,
        mails: false,
        verifiedEmail: 'off',
      };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(config));
      return;
    }
    if (url.pathname.startsWith('/api/')) {
      const found = answer(request.method ?? 'GET', url);
      response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(found ?? { code: 'not_found' }));
      return;
    }
    const file = path.join(pageDir, url.pathname === '/' ? 'index.html' : url.pathname);
    const type = contentTypes[path.extname(file)];
    if (type === undefined || !fs.existsSync(file)) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': type }).end(fs.readFileSync(file));
  }

  const server = createServer(serve);
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'storm.v1' });
  sockets.on('connection', (socket) => {
    socket.on('message', (data) => {
      const frame = JSON.parse(data.toString());
      if (frame.action === 'ping') return socket.send(JSON.stringify({ type: 'pong' }));
      const ok = frame.action === 'message' ? acknowledge() : frame.action === 'presence' ? { users: [] } : {};
      socket.send(JSON.stringify({ re: frame.id, ok }));
    });
  });
  server.listen(0);
  await once(server, 'listening');
  const address = server.address();
  const origin = `http://localhost:${typeof address === 'object' ? address?.port : ''}`;

  function acknowledge() {
    lastSeq += 1;
    return { seq: lastSeq, sentAt: new Date().toISOString() };
  }
  function push(...events: Event[]): void {
    for (const socket of sockets.clients) socket.send(JSON.stringify({ events }));
  }

  return {
    url: `${origin}/#/${room}`,
    /** The text of the newest message. */
    newest: () => textOf(lastSeq),
    /** Somebody else writes. */
    say(): void {
      lastSeq += 1;
      const own = message(lastSeq);
      const senderId = own.senderId === ann ? (people[1] ?? ann) : own.senderId;
      const event: Event = {
        type: 'message',
        conversationId: room,
        seq: lastSeq,
        message: { ...own, senderId, sentAt: new Date().toISOString() },
      };
      push(event);
    },
    /** Somebody else begins or ends to write. */
    type(n: number): void {
      const userId = people[1 + (n % 9)] ?? ann;
      push({ type: 'typing', conversationId: room, userId, typing: n % 2 === 0 });
    },
    close(): void {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
    },
  };
}
