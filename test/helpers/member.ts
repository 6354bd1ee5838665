import { v7 } from 'uuid';
import * as z from 'zod/mini';
import { TestSocket } from '#local/test/helpers/websocket-client.ts';
import { Session } from '#protocol/accounts.ts';
import { Conversation } from '#protocol/conversations.ts';
import { checkCall } from './contract.ts';
import { Device } from './device.ts';
import { mailOf } from './target.ts';

/** The URLs of a running stack. */
const Endpoints = z.object({ httpUrl: z.url(), wsUrl: z.url() });
export type Endpoints = z.infer<typeof Endpoints>;

export async function endpointsOf(url: string): Promise<Endpoints> {
  return Endpoints.parse(await (await fetch(`${url}/config.json`)).json());
}

interface Details {
  readonly body?: unknown;
  /** A body that is sent without JSON encoding. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls an endpoint such as `POST /auth/login`, and checks the answer against the contract. */
export async function request(httpUrl: string, route: string, { body, text, headers }: Details = {}) {
  const [method = '', path] = route.split(' ');
  const content = text ?? (body === undefined ? null : JSON.stringify(body));
  const answer = await fetch(`${httpUrl}${path}`, { method, headers: { ...headers }, body: content });
  const answered = await answer.text();
  const parsed: ReturnType<typeof JSON.parse> = answered ? JSON.parse(answered) : undefined;
  checkCall(route, { request: body, status: answer.status, body: parsed, headers: Object.fromEntries(answer.headers) });
  return { status: answer.status, headers: answer.headers, body: parsed };
}

interface Opening {
  /** The URLs of another stack than the one where the account was created. */
  readonly endpoints?: Endpoints;
  readonly protocols?: string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A user of a running stack, with what any client knows of it. */
export class Member {
  static readonly password = 'a long enough secret';
  readonly endpoints: Endpoints;
  readonly username: string;
  readonly session: Session;

  static async register(endpoints: Endpoints, name: string): Promise<Member> {
    const username = `${name}-${v7().slice(-12)}`;
    const body = { username, email: mailOf(username), password: Member.password };
    return new Member(
      endpoints,
      username,
      Session.parse((await request(endpoints.httpUrl, 'POST /auth/register', { body })).body),
    );
  }

  private constructor(endpoints: Endpoints, username: string, session: Session) {
    this.endpoints = endpoints;
    this.username = username;
    this.session = session;
  }

  get id(): string {
    return this.session.user.id;
  }

  /** The same user on another device. */
  async logIn(): Promise<Member> {
    const body = { login: this.username, password: Member.password };
    const answer = await request(this.endpoints.httpUrl, 'POST /auth/login', { body });
    return new Member(this.endpoints, this.username, Session.parse(answer.body));
  }

  async call(route: string, body?: unknown) {
    return request(this.endpoints.httpUrl, route, {
      body,
      headers: { authorization: `Bearer ${this.session.accessToken}` },
    });
  }

  async open({ endpoints = this.endpoints, protocols, headers = {} }: Opening = {}): Promise<Device> {
    const offered = protocols ?? ['storm.v1', `bearer.${this.session.accessToken}`];
    const socket = new TestSocket(endpoints.wsUrl, offered, { headers });
    await new Promise((resolve, reject) => socket.webSocket.once('open', resolve).once('error', reject));
    return new Device(socket);
  }

  async startDirect(other: Member): Promise<Conversation> {
    return Conversation.parse((await this.call('POST /conversations', { type: 'direct', memberIds: [other.id] })).body);
  }

  async startGroup(others: readonly Member[]): Promise<Conversation> {
    const memberIds = others.map(({ id }) => id);
    return Conversation.parse(
      (await this.call('POST /conversations', { type: 'group', name: 'group', memberIds })).body,
    );
  }
}
