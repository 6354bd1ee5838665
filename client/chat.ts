import type { Conversation, CreateConversation } from 'storm-chat-protocol/conversations';
import type { Command, Revised, SendMessage, Sent } from 'storm-chat-protocol/frames';
import { limits } from 'storm-chat-protocol/limits';
import type { Presences } from 'storm-chat-protocol/presence';
import { Api } from './api.ts';
import type { Auth } from './auth.ts';
import type { ConnectionState } from './connection.ts';
import type { Push } from './conversation.ts';
import { Conversations } from './conversations.ts';
import { Emitter } from './emitter.ts';
import type { Result } from './failures.ts';
import { idMaker } from './ids.ts';
import { Media } from './media.ts';
import type { Message } from './messages.ts';
import { type Extras, Outbox, type OutboxStore, type Outgoing } from './outbox.ts';
import { PresenceSubscriptions } from './presence-subscriptions.ts';
import { Receipts } from './receipts.ts';
import { SharedConnection } from './shared-connection.ts';
import { Typist } from './typing.ts';

export interface ChatOptions {
  /** Somebody must be signed in, and stay it until `close`. */
  readonly auth: Auth;
  readonly wsUrl: string;
  /** Where unsent messages are kept; by default where the platform keeps them (IndexedDB in browsers, memory in Node). */
  readonly store?: OutboxStore;
}

export interface ChatEvents {
  /** Something of what can be read here is different now. Many changes at once make one event. */
  change: undefined;
  connection: ConnectionState;
  /** A new message of anyone, once. */
  message: { readonly conversationId: string; readonly message: Message };
  /** Whatever the server pushes, as it comes: repeatedly, and in any order. */
  event: Push;
}

/** A command without what every one has. */
type Unsent<C> = C extends Command ? Omit<C, 'id'> : never;

/** The chat of the person who is signed in: their conversations, kept up to date, and what they do in them. */
export class Chat {
  readonly api: Api;
  readonly conversations: Conversations;
  readonly outbox: Outbox;
  readonly media: Media;
  readonly presence: PresenceSubscriptions;
  readonly #auth: Auth;
  readonly #connection: SharedConnection;
  readonly #receipts: Receipts;
  readonly #typist: Typist;
  readonly #emitter = new Emitter<ChatEvents>();
  readonly #newId: () => string;
  readonly #me: string;
  /** The conversations that are on screen. */
  readonly #shown = new Set<string>();
  #changed = false;

  constructor({ auth, wsUrl, store }: ChatOptions) {
    if (auth.user === undefined) throw new Error('Nobody is signed in');
    const { platform } = auth;
    const onChange = () => this.#change();
    this.#auth = auth;
    this.#me = auth.user.id;
    // What is written now comes after what was left unsent, whatever the clock did since.
    this.#newId = idMaker(() => Math.max(platform.now(), this.outbox.nextTime));
    this.api = new Api(auth);
    this.media = new Media(this.api, platform);
    this.#connection = new SharedConnection({
      name: `storm.v1:${this.#me}`,
      wsUrl,
      auth,
      platform,
      onState: (state) => this.#entered(state),
      onSocket: () => this.presence.resubscribe(),
      onEvents: (events) => this.#receive(events),
      onOutboxNote: (note) => this.outbox.hear(note),
      onLead: () => void this.outbox.load(),
    });
    this.conversations = new Conversations({
      api: this.api,
      platform,
      me: this.#me,
      onChange,
      onMessage: (conversationId, message) => this.#message(conversationId, message),
      onReceived: (conversationId) => {
        if (this.#connection.leads) this.#receipts.delivered(conversationId);
      },
    });
    this.outbox = new Outbox({
      store: store ?? platform.outboxStore(this.#me),
      platform,
      newId: this.#newId,
      cursor: (conversationId) => this.conversations.get(conversationId)?.lastSeq,
      deliver: (outgoing) => this.#deliver(outgoing),
      onSent: (outgoing, sent) => this.#sent(outgoing, sent),
      onChange,
      leads: () => this.#connection.leads,
      share: (note) => this.#connection.share(note),
    });
    this.presence = new PresenceSubscriptions({
      ask: (userIds) => this.#command<Presences>({ action: 'presence', userIds: [...userIds] }),
      onChange,
    });
    this.#receipts = new Receipts({
      platform,
      get: (conversationId) => this.conversations.get(conversationId),
      onRead: (conversationId) => this.conversations.recount(conversationId),
      send: (receipt) => this.#command({ action: 'receipt', ...receipt }),
    });
    this.#typist = new Typist(platform, (conversationId, typing) => {
      const memberCount = this.conversations.get(conversationId)?.memberCount ?? 0;
      if (memberCount <= limits.typingMembers) void this.#command({ action: 'typing', conversationId, typing });
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
    this.#connection.open();
    await this.outbox.load();
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

  /**
   * A conversation is on screen: its newest page and everyone's receipts are fetched, and its people's presence is watched, as long
   * as the group is small enough for that. Returns what ends it.
   */
  show(conversationId: string): () => void {
    const state = this.conversations.get(conversationId);
    this.#shown.add(conversationId);
    if (state && !state.loaded) void this.conversations.loadHistory(conversationId);
    void this.#fetchReceipts(conversationId);
    const others = (state?.members ?? []).map(({ userId }) => userId).filter((userId) => userId !== this.#me);
    const unsubscribe = this.presence.subscribe(others);
    return () => {
      this.#shown.delete(conversationId);
      unsubscribe();
    };
  }

  /**
   * Sends a message; it waits in the outbox until the server has it. `media` are files that `media.upload` gave, or those of
   * another message; with them the text may be empty.
   */
  send(conversationId: string, text: string, extras: Extras = {}): Promise<void> {
    this.#typist.forget(conversationId);
    return this.outbox.add(conversationId, text, extras);
  }

  /** Also of deletions and reactions: what comes of it is pushed, to this client, too. */
  edit(conversationId: string, seq: number, text: string): Promise<Result<Revised>> {
    return this.#command({ action: 'edit', conversationId, seq, text });
  }

  delete(conversationId: string, seq: number): Promise<Result<Revised>> {
    return this.#command({ action: 'delete', conversationId, seq });
  }

  react(conversationId: string, seq: number, emoji: string, remove = false): Promise<Result<Revised>> {
    return this.#command({ action: 'react', conversationId, seq, emoji, remove });
  }

  /** Everything in the conversation has been seen. */
  markRead(conversationId: string): void {
    if (!this.conversations.markRead(conversationId)) return;
    this.#receipts.read(conversationId);
    const read = this.conversations.get(conversationId)?.readSeq ?? 0;
    const event = { type: 'receipt', conversationId, userId: this.#me, delivered: read, read } as const;
    this.#connection.share({ type: 'events', events: [event] });
  }

  /** At every keystroke, and with `false` when the person gave it up. */
  typing(conversationId: string, typing = true): void {
    if (typing) this.#typist.type(conversationId);
    else this.#typist.stop(conversationId);
  }

  /** Says whether one wants to hear of a conversation. */
  async mute(conversationId: string, muted: boolean): Promise<Result<unknown>> {
    const result = await this.api.setMuted(conversationId, this.#me, muted);
    if ('ok' in result) this.conversations.setMuted(conversationId, muted);
    return result;
  }

  #entered(state: ConnectionState): void {
    this.#change();
    this.#emitter.emit('connection', state);
    if (state !== 'online') return;
    this.outbox.flush();
    this.#receipts.flush();
    void this.conversations.catchUp();
    for (const id of this.#shown) void this.#fetchReceipts(id);
  }

  #receive(events: readonly Push[]): void {
    this.conversations.receive(events);
    for (const event of events) {
      if (event.type === 'media') this.media.receive(event);
      if (event.type === 'presence') this.presence.receive(event);
      this.#emitter.emit('event', event);
      if (event.type === 'bye' && !event.reconnect)
        this.#auth.end({ code: 'unauthorized', message: event.reason, temporary: false });
    }
  }

  async #fetchReceipts(conversationId: string): Promise<void> {
    const memberCount = this.conversations.get(conversationId)?.memberCount ?? 0;
    if (memberCount > limits.receiptMembers) return;
    const result = await this.api.receipts(conversationId);
    // What fails is fetched with the next connection.
    if ('ok' in result) for (const receipt of result.ok.receipts) this.conversations.receipt(conversationId, receipt);
  }

  #command<T>(command: Unsent<Command>): Promise<Result<T>> {
    return this.#connection.request<T>({ ...command, id: this.#newId() });
  }

  #deliver({ id, conversationId, text, media, replyTo, after }: Outgoing): Promise<Result<Sent>> {
    const message: SendMessage = { action: 'message', id, conversationId };
    const more = {
      ...(text !== '' && { text }),
      ...(media && { mediaIds: media.map((file) => file.id) }),
      ...(replyTo !== undefined && { replyTo }),
      ...(after !== undefined && { after }),
    };
    return this.#connection.request<Sent>({ ...message, ...more });
  }

  #sent({ id, conversationId, text, media = [], replyTo }: Outgoing, { seq, sentAt }: Sent): void {
    const message = {
      seq,
      senderId: this.#me,
      clientId: id,
      text,
      media: [...media],
      replyTo: replyTo ?? null,
      sentAt,
    };
    const event = { type: 'message', conversationId, seq, message } as const;
    this.conversations.change(event);
    this.#connection.share({ type: 'events', events: [event] });
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
