import { readFileSync } from 'node:fs';
import { runInThisContext } from 'node:vm';
import type { Conversation } from 'storm-chat-protocol/conversations';
import type { ConversationEvent, Event, Sync, SyncRequest } from 'storm-chat-protocol/events';
import type { History } from 'storm-chat-protocol/history';
import type { Message } from 'storm-chat-protocol/messages';
import type { Receipts } from 'storm-chat-protocol/receipts';
import type { FakePlatform, FakeSocket } from './platform.ts';

type Known = Message & { readonly mine: ReadonlyMap<string, unknown>; readonly mineAsOf: number };

/** A conversation as docs/protocol.md has a client keep it. */
export interface DocumentedConversation {
  readonly id: string;
  readonly epoch: string;
  readonly cursor: number;
  readonly name: string | null;
  readonly history: Conversation['history'];
  readonly members: ReadonlyMap<string, string>;
  readonly memberCount: number;
  readonly readSeq: number;
  readonly unread: number;
  readonly muted: boolean;
  readonly messages: ReadonlyMap<number, Known>;
  readonly receipts: ReadonlyMap<string, { readonly delivered: number; readonly read: number }>;
  readonly ahead: ReadonlyMap<number, ConversationEvent>;
  readonly start: object;
  readonly late: unknown;
  readonly loaded: boolean;
  readonly hasOlder: boolean;
}

interface Ask {
  readonly sync: () => void;
  readonly syncSoon: () => void;
  readonly offer: (conversation: DocumentedConversation) => void;
  readonly page: (conversation: DocumentedConversation, start: object, before: number | undefined) => void;
}

interface State {
  readonly conversations: ReadonlyMap<string, DocumentedConversation>;
  readonly undescribed: Set<string>;
  pushed(event: object): void;
  described(conversation: Conversation): void;
  isMine(message: Known, reaction: object): boolean;
  reach(conversation: DocumentedConversation, userId: string, delivered: number, read: number): void;
  loadPage(conversation: DocumentedConversation): void;
  page(conversation: DocumentedConversation, start: object, page: History): void;
  request(): SyncRequest;
  synced(answer: Sync, sent: SyncRequest): void;
}

const page = readFileSync('docs/protocol.md', 'utf8');
const [, before = '', code = ''] = /^([\s\S]*## A client's state\n[\s\S]*?```js\n)([\s\S]+?)```/.exec(page) ?? [];

/** The code of docs/protocol.md. */
export const ClientState: new (me: string, ask: Ask) => State = runInThisContext(
  `(() => {${code}\nreturn ClientState; })()`,
  { filename: 'docs/protocol.md', lineOffset: before.split('\n').length - 1 },
);

/** The ids that were given out, to all of these clients. */
let ids = 0;

/** An own message: one that waits for its answer, or that was acknowledged in an epoch. */
export interface Own {
  readonly id: string;
  readonly conversationId: string;
  readonly text: string;
  after: number | undefined;
  epoch: string | undefined;
  isSent: boolean;
  failure?: object;
}

type Reply = { readonly ok?: { readonly seq?: number; readonly sentAt?: string }; readonly error?: object } | undefined;

/**
 * The simplest client that docs/protocol.md allows: its state is the code in that page, and this is the network around it. It has
 * the methods of `Chat` that a run of the model uses.
 */
export class DocumentedChat {
  readonly outbox: { readonly entries: readonly Own[] };
  readonly conversations = {
    get: (id: string) => this.state.conversations.get(id),
    loadHistory: (id: string) => this.#with(id, (conversation) => this.state.loadPage(conversation)),
  };
  readonly state: State;
  connection = 'connecting';
  readonly #platform: FakePlatform;
  readonly #me: string;
  readonly #shown = new Set<string>();
  readonly #replies = new Map<string, (reply: Reply) => void>();
  #socket: FakeSocket | undefined;
  #closed = false;
  #syncing = false;
  #behind = false;
  #sending = false;
  #hasSynced = false;

  readonly #own: Own[];

  /** `own` are the messages that this device has written. They outlive a restart. */
  constructor(platform: FakePlatform, me: string, own: Own[]) {
    this.#own = own;
    this.outbox = {
      get entries() {
        return own.filter(({ isSent }) => !isSent);
      },
    };
    this.#platform = platform;
    this.#me = me;
    const isBehind = () => [...this.state.conversations.values()].some(({ ahead }) => ahead.size > 0);
    this.state = new ClientState(me, {
      sync: () => void this.#sync(),
      syncSoon: () => void platform.schedule(500, () => isBehind() && void this.#sync()),
      offer: (conversation) => this.#offer(conversation),
      page: (conversation, start, before) => void this.#page(conversation, start, before),
    });
  }

  open(): void {
    if (this.#closed) return;
    const socket = this.#platform.openSocket('ws://model', []) as FakeSocket;
    socket.addEventListener('open', () => {
      if (this.#closed) return socket.close();
      this.#socket = socket;
      this.connection = 'online';
      void this.#sync();
      for (const id of this.#shown) void this.#fetchReceipts(id);
    });
    socket.addEventListener('message', ({ data }) => this.#receive(JSON.parse(String(data))));
    socket.addEventListener('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.connection = 'reconnecting';
      for (const done of this.#replies.values()) done(undefined);
      this.#platform.schedule(1000, () => this.open());
    });
  }

  close(): void {
    this.#closed = true;
    this.#socket?.close();
    this.#socket = undefined;
  }

  show(id: string): () => void {
    this.#shown.add(id);
    this.#with(id, (conversation) => !conversation.loaded && this.state.loadPage(conversation));
    void this.#fetchReceipts(id);
    return () => void this.#shown.delete(id);
  }

  send(conversationId: string, text: string): void {
    const { cursor: after, epoch } = this.conversations.get(conversationId) ?? {};
    this.#own.push({ id: this.#newId(), conversationId, text, after, epoch, isSent: false });
    if (this.#hasSynced) void this.#flush();
  }

  async markRead(conversationId: string): Promise<void> {
    const conversation = this.conversations.get(conversationId);
    if (!conversation || conversation.unread === 0) return;
    const seq = conversation.cursor;
    const reply = await this.#request({ action: 'receipt', conversationId, seq, status: 'read' });
    const now = this.conversations.get(conversationId);
    if (reply?.ok && now) this.state.reach(now, this.#me, seq, seq);
  }

  async mute(id: string, muted: boolean): Promise<void> {
    await this.#call('PATCH', `/conversations/${id}/members/${this.#me}`, { muted });
  }

  edit = (conversationId: string, seq: number, text: string) =>
    this.#request({ action: 'edit', conversationId, seq, text });
  delete = (conversationId: string, seq: number) => this.#request({ action: 'delete', conversationId, seq });
  react = (conversationId: string, seq: number, emoji: string, remove: boolean) =>
    this.#request({ action: 'react', conversationId, seq, emoji, remove });

  #with(id: string, run: (conversation: DocumentedConversation) => unknown): void {
    const conversation = this.conversations.get(id);
    if (conversation) run(conversation);
  }

  #newId(): string {
    ids += 1;
    return `documented ${ids}`;
  }

  #receive({ events = [], re, ...reply }: { events?: Event[]; re?: string } & NonNullable<Reply>): void {
    for (const event of events) {
      this.state.pushed(event);
      this.#recognise(event);
    }
    if (re !== undefined) this.#replies.get(re)?.(reply);
  }

  #request(frame: {
    readonly action: string;
    readonly id?: string;
    readonly [field: string]: unknown;
  }): Promise<Reply> {
    const id = frame.id ?? this.#newId();
    return new Promise((resolve) => {
      if (!this.#socket) return resolve(undefined);
      this.#replies.set(id, (reply) => {
        this.#replies.delete(id);
        resolve(reply);
      });
      this.#socket.send(JSON.stringify({ ...frame, id }));
    });
  }

  /** Sends the messages one at a time, each until there is an answer. */
  async #flush(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    for (let next = this.#unsent(); next && this.#socket; next = this.#unsent()) {
      const { id, conversationId, text, after } = next;
      const reply = await this.#request({ action: 'message', id, conversationId, text, after });
      if (reply?.error) next.failure = reply.error;
      const { seq, sentAt } = reply?.ok ?? {};
      if (seq === undefined) continue;
      this.#acknowledged(next);
      const message = { seq, senderId: this.#me, clientId: id, text, media: [], replyTo: null, sentAt };
      this.state.pushed({ type: 'message', conversationId, seq, message });
    }
    this.#sending = false;
  }

  #unsent(): Own | undefined {
    const next = this.#own.find(({ isSent, failure }) => !isSent && !failure);
    // What was written in another epoch, or before the conversation was known, is looked for from where this epoch may have it.
    const { epoch, cursor } = (next && this.conversations.get(next.conversationId)) ?? {};
    if (next && cursor !== undefined && epoch !== next.epoch)
      Object.assign(next, { epoch, after: next.after && Math.min(next.after, cursor) });
    return next;
  }

  #acknowledged(own: Own): void {
    own.isSent = true;
    own.epoch = this.conversations.get(own.conversationId)?.epoch ?? own.epoch;
  }

  /** The conversation is known in an epoch that is new to this client: what was acknowledged in another one may be lost. */
  #offer({ id, epoch }: DocumentedConversation): void {
    for (const own of this.#own) if (own.conversationId === id && own.isSent && own.epoch !== epoch) own.isSent = false;
  }

  /** An own message may come before its ack, or in place of it. What was deleted isn't sent again after a restore. */
  #recognise(event: Event): void {
    if (!('message' in event) || !event.message) return;
    const { clientId, deletedAt } = event.message;
    const at = this.#own.findIndex(({ id }) => id === clientId);
    const [own] = this.#own.slice(at, at + 1);
    if (at >= 0 && deletedAt) this.#own.splice(at, 1);
    else if (at >= 0 && own) this.#acknowledged(own);
  }

  async #sync(): Promise<void> {
    this.#behind = true;
    if (this.#syncing) return;
    this.#syncing = true;
    while (this.#behind && !this.#closed) {
      this.#behind = false;
      const request = this.state.request();
      const answer = (await this.#call('POST', '/sync', request)) as Sync | undefined;
      if (answer) {
        this.state.synced(answer, request);
        for (const event of answer.conversations.flatMap(({ events }) => events)) this.#recognise(event);
        this.#hasSynced = true;
        void this.#flush();
      } else {
        for (const id of this.state.conversations.keys()) if (!(id in request.cursors)) this.state.undescribed.add(id);
        this.#behind = true;
        await this.#wait();
      }
    }
    this.#syncing = false;
  }

  async #page(conversation: DocumentedConversation, start: object, before: number | undefined): Promise<void> {
    const query = before === undefined ? '' : `?before=${before}`;
    for (;;) {
      const answer = await this.#call('GET', `/conversations/${conversation.id}/messages${query}`);
      if (answer) return this.state.page(conversation, start, answer as History);
      if (this.conversations.get(conversation.id) !== conversation || this.#closed) return;
      await this.#wait();
    }
  }

  async #fetchReceipts(id: string): Promise<void> {
    const answer = (await this.#call('GET', `/conversations/${id}/receipts`)) as Receipts | undefined;
    for (const { userId, delivered, read } of answer?.receipts ?? [])
      this.#with(id, (conversation) => this.state.reach(conversation, userId, delivered, read));
  }

  async #call(method: string, path: string, body?: object): Promise<unknown> {
    try {
      const answer = await this.#platform.fetch(path, { method, ...(body && { body: JSON.stringify(body) }) });
      return answer.ok ? await answer.json() : undefined;
    } catch {
      return undefined;
    }
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => this.#platform.schedule(1000, resolve));
  }
}
