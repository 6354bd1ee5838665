import type { Conversation, CreateConversation } from '../protocol/conversations.ts';
import type { SendMessage, Sent } from '../protocol/frames.ts';
import type { SendReceipt } from '../protocol/receipts.ts';
import { Api } from './api.ts';
import type { Auth } from './auth.ts';
import { Connection, type ConnectionState } from './connection.ts';
import type { Message } from './conversation.ts';
import { Conversations } from './conversations.ts';
import { Emitter } from './emitter.ts';
import type { Result } from './failures.ts';
import { idMaker } from './ids.ts';
import { memoryStore, Outbox, type OutboxStore, type Outgoing } from './outbox.ts';

export interface ChatOptions {
  /** Somebody must be signed in, and stay it until `close`. */
  readonly auth: Auth;
  readonly wsUrl: string;
  /** Where unsent messages outlive the program; in memory, if not given. */
  readonly store?: OutboxStore;
}

export interface ChatEvents {
  /** Something of what can be read here is different now. Many changes at once make one event. */
  change: undefined;
  /** A new message of anyone, once. */
  message: { readonly conversationId: string; readonly message: Message };
}

/** The chat of the person who is signed in: their conversations, kept up to date, and what they send. */
export class Chat {
  readonly api: Api;
  readonly conversations: Conversations;
  readonly outbox: Outbox;
  readonly #connection: Connection;
  readonly #emitter = new Emitter<ChatEvents>();
  readonly #newId: () => string;
  readonly #me: string;
  /** Conversations whose read pointer the server hasn't confirmed. */
  readonly #unconfirmedReads = new Set<string>();
  #changed = false;

  constructor({ auth, wsUrl, store = memoryStore() }: ChatOptions) {
    if (auth.user === undefined) throw new Error('Nobody is signed in');
    const { platform } = auth;
    const onChange = () => this.#change();
    this.#me = auth.user.id;
    this.#newId = idMaker(() => platform.now());
    this.api = new Api(auth);
    this.#connection = new Connection({
      wsUrl,
      auth,
      platform,
      onState: (state) => {
        if (state === 'online') this.#online();
        onChange();
      },
      onEvents: (events) => this.conversations.receive(events),
    });
    this.conversations = new Conversations({
      api: this.api,
      platform,
      me: this.#me,
      onChange,
      onMessage: (conversationId, message) => this.#message(conversationId, message),
    });
    this.outbox = new Outbox({
      store,
      platform,
      newId: this.#newId,
      cursor: (conversationId) => this.conversations.get(conversationId)?.lastSeq,
      deliver: (outgoing) => this.#deliver(outgoing),
      onSent: (outgoing, sent) => this.#sent(outgoing, sent),
      onChange,
    });
  }

  get connection(): ConnectionState {
    return this.#connection.state;
  }

  /** Returns what takes the listener away again. */
  on<Name extends keyof ChatEvents>(name: Name, listener: (argument: ChatEvents[Name]) => void): () => void {
    return this.#emitter.on(name, listener);
  }

  async open(): Promise<void> {
    await this.outbox.load();
    this.#connection.open();
  }

  /** For good: the next person's chat is another one. */
  close(): void {
    this.#connection.close();
    this.conversations.close();
  }

  async createConversation(details: CreateConversation): Promise<Result<Conversation>> {
    const created = await this.api.createConversation(details);
    if ('ok' in created) this.conversations.add(created.ok);
    return created;
  }

  /** Everything in the conversation has been seen. */
  async markRead(conversationId: string): Promise<void> {
    if (!this.conversations.markRead(conversationId)) return;
    this.#unconfirmedReads.add(conversationId);
    await this.#confirmRead(conversationId);
  }

  #online(): void {
    this.outbox.flush();
    for (const id of this.#unconfirmedReads) void this.#confirmRead(id);
    void this.conversations.catchUp();
  }

  async #confirmRead(conversationId: string): Promise<void> {
    const seq = this.conversations.get(conversationId)?.readSeq ?? 0;
    const receipt: SendReceipt = { action: 'receipt', id: this.#newId(), conversationId, seq, status: 'read' };
    const result = await this.#connection.request(receipt);
    // After a temporary failure it is sent again with the next connection.
    const settled = 'ok' in result || !result.error.temporary;
    if (settled && this.conversations.get(conversationId)?.readSeq === seq)
      this.#unconfirmedReads.delete(conversationId);
  }

  #deliver({ id, conversationId, text, after }: Outgoing): Promise<Result<Sent>> {
    const message: SendMessage = { action: 'message', id, conversationId, text };
    return this.#connection.request<Sent>(after === undefined ? message : { ...message, after });
  }

  #sent({ id, conversationId, text }: Outgoing, { seq, sentAt }: Sent): void {
    const message = { seq, senderId: this.#me, clientId: id, text, media: [], replyTo: null, sentAt };
    this.conversations.change({ type: 'message', conversationId, seq, message });
  }

  #message(conversationId: string, message: Message): void {
    // Seen before, or instead of, its acknowledgement.
    if (message.senderId === this.#me) void this.outbox.remove(message.clientId);
    this.#emitter.emit('message', { conversationId, message });
  }

  #change(): void {
    if (this.#changed) return;
    this.#changed = true;
    queueMicrotask(() => {
      this.#changed = false;
      this.#emitter.emit('change', undefined);
    });
  }
}
