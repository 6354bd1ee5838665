import { once } from 'node:events';
import { v7 } from 'uuid';
import { WebSocket } from 'ws';
import { Session } from '#protocol/accounts.ts';
import { Conversation } from '#protocol/conversations.ts';
import type { Event } from '#protocol/events.ts';
import { bearerPrefix, EventsFrame, ReplyFrame, Sent, subprotocol } from '#protocol/frames.ts';

type Urls = { readonly httpUrl: string; readonly wsUrl: string };

export type Person = Awaited<ReturnType<typeof register>>;

/** A user with an account and, after `connect`, a socket. Every method throws if the server refuses a call. */
export async function register({ httpUrl, wsUrl }: Urls, username: string) {
  const replies = new Map<string, (reply: ReplyFrame) => void>();
  let socket: WebSocket | undefined;
  let token: string | undefined;

  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(httpUrl + path, {
      method,
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  const account = { username, email: `${username}@example.com`, password: 'as long as it takes' };
  const { user, accessToken } = Session.parse(await call('POST', '/auth/register', account));
  token = accessToken;

  const person = {
    id: user.id,
    token: accessToken,
    call,
    onEvent: (_: Event): void => {},

    async connect(): Promise<void> {
      socket = new WebSocket(wsUrl, [subprotocol, bearerPrefix + accessToken]);
      socket.on('message', (data) => {
        const frame: unknown = JSON.parse(data.toString());
        const reply = ReplyFrame.safeParse(frame);
        if (reply.success) replies.get(String(reply.data.re))?.(reply.data);
        else for (const event of EventsFrame.parse(frame).events) person.onEvent(event);
      });
      await once(socket, 'open');
    },

    async disconnect(): Promise<void> {
      if (!socket) return;
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },

    async ask(action: string, fields: object): Promise<unknown> {
      const id = v7();
      const reply = await new Promise<ReplyFrame>((resolve) => {
        replies.set(id, resolve);
        socket?.send(JSON.stringify({ action, id, ...fields }));
      });
      replies.delete(id);
      if (reply.error) throw new Error(`${action}: ${reply.error.code} ${reply.error.message}`);
      return reply.ok;
    },

    /** Sends a frame that has no reply. */
    tell(action: string, fields: object): void {
      socket?.send(JSON.stringify({ action, id: v7(), ...fields }));
    },

    async send(conversationId: string, text: string): Promise<Sent> {
      return Sent.parse(await person.ask('message', { conversationId, text }));
    },

    /** Creates a conversation with these users, and returns its id. */
    async talkTo(others: readonly { readonly id: string }[]): Promise<string> {
      const memberIds = others.map(({ id }) => id);
      const kind = memberIds.length === 1 ? { type: 'direct' } : { type: 'group', name: 'Bench' };
      return Conversation.parse(await call('POST', '/conversations', { ...kind, memberIds })).id;
    },
  };
  return person;
}
