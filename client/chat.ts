import type { Conversation, CreateConversation } from 'storm-chat-protocol/conversations';
import { fullyQualified } from 'storm-chat-protocol/emoji';
import type { DeleteMessage, EditMessage, Frame, React, Revised, SendMessage, Sent } from 'storm-chat-protocol/frames';
import { limits } from 'storm-chat-protocol/limits';
import type { Presences } from 'storm-chat-protocol/presence';
import { Api } from './api.ts';
import type { Auth } from './auth.ts';
import { CommandQueue } from './command-queue.ts';
import type { ConnectionOptions, ConnectionState } from './connection.ts';
import type { Push } from './conversation.ts';
import { Conversations } from './conversations.ts';
import { Emitter } from './emitter.ts';
import { fail, type Result } from './failures.ts';
import { idMaker } from './ids.ts';
import { Invitations } from './invitations.ts';
import { Media } from './media.ts';
import type { Message } from './messages.ts';
import { type Extras, Outbox, type OutboxStore, type Outgoing } from './outbox.ts';
import { PresenceSubscriptions } from './presence-subscriptions.ts';
import { Receipts } from './receipts.ts';
import { SharedConnection } from './shared-connection.ts';
import { type Snapshot, statesOf, takeSnapshot } from './snapshot.ts';
import { TypingSender } from './typing.ts';
import { Visibility } from './visibility.ts';

export interface ChatOptions {
  /** Somebody must be signed in, and must stay signed in until `close`. */
  readonly auth: Auth;
  readonly wsUrl: ConnectionOptions['wsUrl'];
  /** Where unsent messages are kept; by default where the platform keeps them (IndexedDB in browsers, memory in Node). */
  readonly store?: OutboxStore;
  /** What `snapshot` gave at an earlier time, for the same person. */
  readonly snapshot?: Snapshot | undefined;
}

export interface ChatEvents {
  /** Some state that the chat exposes has changed. Changes in the same task are reported together. */
  change: undefined;
  connection: ConnectionState;
  /** A new message, including the person's own. Emitted once per message. */
  message: { readonly conversationId: string; readonly message: Message };
  /**
   * A new message of somebody else that is unread, in a conversation that isn't muted, while nobody looks at the client
   * (`setVisible`). Only one of its tabs emits it.
   */
  unseen: { readonly conversationId: string; readonly message: Message };
  /** An event as the server pushes it. Events may be repeated, and come in any order. */
  event: Push;
}

/** A command without its `id`, which `#command` adds. */
type Unsent<C> = C extends Frame ? Omit<C, 'id'> : never;

/** The reasons of `bye` with which the session is over. With other reasons only the socket ends. */
const endsSession: ReadonlySet<string> = new Set(['logged_out', 'erased']);

/** The chat of the signed-in person: the state of their conversations, and what they do in them. */
export class Chat {
  readonly api: Api;
  readonly conversations: Conversations;
  readonly outbox: Outbox;
  readonly media: Media;
  readonly invitations: Invitations;
  readonly presence: PresenceSubscriptions;
  readonly #auth: Auth;
  readonly #connection: SharedConnection;
  readonly #visibility: Visibility;
  readonly #receipts: Receipts;
  readonly #typing: TypingSender;
  readonly #typingFrames: CommandQueue<unknown>;
  readonly #revisions: CommandQueue<Revised>;
  readonly #settings: CommandQueue<unknown>;
  readonly #emitter = new Emitter<ChatEvents>();
  readonly #newId: () => string;
  readonly #me: string;
  /** The conversations that are on screen. */
  readonly #shown = new Set<string>();
  #changed = false;

  constructor({ auth, wsUrl, store, snapshot }: ChatOptions) {
    if (auth.user === undefined) throw new Error('Nobody is signed in');
    const { platform } = auth;
    const onChange = () => this.#change();
    this.#auth = auth;
    this.#me = auth.user.id;
    // The outbox is sent in the order of ids. A new id is greater than those left from before, even if the clock was set back.
    this.#newId = idMaker(() => Math.max(platform.now(), this.outbox.nextTime));
    this.api = new Api(auth);
    this.media = new Media(this.api, platform);
    this.invitations = new Invitations({
      api: this.api,
      onChange,
      onAccepted: (conversation) => this.conversations.add(conversation),
    });
    this.#connection = new SharedConnection({
      name: `storm.v1:${this.#me}`,
      wsUrl,
      auth,
      platform,
      onState: (state) => this.#entered(state),
      onSocket: () => {
        this.presence.resubscribe();
        this.#visibility.renew();
      },
      onEvents: (events) => this.#receive(events),
      onOutboxNote: (note) => this.outbox.hear(note),
      onVisible: (note) => this.#visibility.hear(note),
      onLead: () => void this.outbox.load(),
    });
    this.conversations = new Conversations({
      api: this.api,
      platform,
      me: this.#me,
      onChange,
      onMessage: (conversationId, message) => this.#message(conversationId, message),
      onSynced: () => void this.outbox.offerAgain(),
      onDeleted: ({ clientId }) => void this.outbox.forget(clientId),
      isShown: (conversationId) => this.#shown.has(conversationId),
      onUnreported: (conversationId) => {
        if (this.#connection.isLeader) this.#receipts.read(conversationId);
      },
      onReceived: (conversationId) => {
        if (this.#connection.isLeader) this.#receipts.delivered(conversationId);
      },
    });
    this.outbox = new Outbox({
      store: store ?? platform.outboxStore(this.#me),
      platform,
      newId: this.#newId,
      conversation: (id) => this.conversations.get(id),
      isSynced: () => this.conversations.loaded,
      deliver: (outgoing) => this.#deliver(outgoing),
      onSent: (outgoing, sent) => this.#sent(outgoing, sent),
      onChange,
      isLeader: () => this.#connection.isLeader,
      share: (note) => this.#connection.share(note),
    });
    this.presence = new PresenceSubscriptions({
      platform,
      ask: (userIds) => this.#command<Presences>({ action: 'presence', userIds: [...userIds] }),
      onChange,
    });
    this.#visibility = new Visibility({
      platform,
      tab: this.#newId(),
      isLeader: () => this.#connection.isLeader,
      share: (note) => this.#connection.shareVisibility(note),
      tell: (visible) => this.#command({ action: 'visibility', visible }),
    });
    this.#receipts = new Receipts({
      platform,
      get: (conversationId) => this.conversations.get(conversationId),
      onRead: (conversationId) => this.conversations.recount(conversationId),
      send: async (receipts) => {
        // What a client that nobody looks at has received keeps no notification back, so the server has to know that first.
        if (receipts.some(({ status }) => status === 'delivered')) await this.#visibility.settled();
        const result = await this.#command({ action: 'receipts', receipts });
        if ('ok' in result || result.error.code !== 'bad_request') return result;
        // A server of before has no such action.
        const results = await Promise.all(receipts.map((one) => this.#command({ action: 'receipt', ...one })));
        return results.find((one) => 'error' in one) ?? { ok: undefined };
      },
    });
    if (snapshot?.user.id === this.#me) this.conversations.restore(statesOf(snapshot));
    this.#revisions = new CommandQueue(platform);
    this.#settings = new CommandQueue(platform);
    this.#typingFrames = new CommandQueue(platform);
    this.#typing = new TypingSender(platform, (conversationId, typing) => {
      const memberCount = this.conversations.get(conversationId)?.memberCount ?? 0;
      if (memberCount > limits.typingMembers) return;
      this.#sendTyping(conversationId, typing);
    });
  }

  get connection(): ConnectionState {
    return this.#connection.state;
  }

  /** Adds a listener. The returned function removes it. */
  on<Name extends keyof ChatEvents>(name: Name, listener: (argument: ChatEvents[Name]) => void): () => void {
    return this.#emitter.on(name, listener);
  }

  /** Connects, and loads the messages that were left unsent. */
  async open(): Promise<void> {
    this.#connection.open();
    await this.outbox.load();
  }

  /** Ends the connection. A closed chat isn't opened again: the next login makes a new one. */
  close(): void {
    this.#connection.close();
    this.#visibility.close();
    this.conversations.close();
    this.#revisions.close();
    this.#settings.close();
  }

  /**
   * Must be called when the person begins to look at this tab or program, and when they don't any more. While nobody looks at any
   * tab, what arrives is pushed to the person's devices. At first somebody counts as looking.
   */
  setVisible(visible: boolean): void {
    this.#visibility.set(visible);
  }

  /** What a program can keep to show the latest conversations at its next start, before there is a connection. Undefined when the session is over. */
  snapshot(): Snapshot | undefined {
    const { user } = this.#auth;
    return user && takeSnapshot(user, this.conversations.all);
  }

  /** Connects again after the server has ended the connection (`connection` is `ended`). Otherwise it changes nothing. */
  reconnect(): void {
    this.#connection.reconnect();
  }

  async createConversation(details: CreateConversation): Promise<Result<Conversation>> {
    const created = await this.api.createConversation(details);
    if ('ok' in created) this.conversations.add(created.ok);
    return created;
  }

  /**
   * Must be called when a conversation comes on screen. It loads the newest page of history and the receipts, and subscribes to the
   * presence of the listed members. The returned function must be called when the conversation leaves the screen.
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
      // It may come on screen again in the same task.
      queueMicrotask(() => {
        if (!this.#shown.has(conversationId)) this.conversations.letGo(conversationId);
      });
    };
  }

  /**
   * Puts a message into the outbox, which sends it as soon as there is a connection. Its `media` come from `media.upload` or from
   * another message. A message with media may have an empty text.
   */
  send(conversationId: string, text: string, extras: Extras = {}): Promise<void> {
    this.#typing.forget(conversationId);
    // The message ends it for the others, unless the frame that began it overtakes the message.
    if (this.#typingFrames.isBusy(conversationId)) this.#sendTyping(conversationId, false);
    return this.outbox.add(conversationId, text, extras);
  }

  /**
   * Edits a message. As with `delete` and `react`, the changed message comes as an event, like those of other people. What is done to
   * a message goes out in this order, and again after a reconnect. Of several edits that wait only the last is sent.
   */
  edit(conversationId: string, seq: number, text: string): Promise<Result<Revised>> {
    return this.#revise('edit', { action: 'edit', conversationId, seq, text });
  }

  delete(conversationId: string, seq: number): Promise<Result<Revised>> {
    return this.#revise('delete', { action: 'delete', conversationId, seq });
  }

  react(conversationId: string, seq: number, emoji: string, remove = false): Promise<Result<Revised>> {
    return this.#revise(`react ${fullyQualified(emoji)}`, { action: 'react', conversationId, seq, emoji, remove });
  }

  /**
   * Moves the read pointer to the newest message, or to the newest one up to `seq`, which is the last that the person has seen: here, on
   * the server and in the other tabs.
   */
  markRead(conversationId: string, seq = Number.POSITIVE_INFINITY): void {
    if (!this.conversations.markRead(conversationId, seq)) return;
    this.#receipts.read(conversationId);
    const read = this.conversations.get(conversationId)?.readSeq ?? 0;
    const event = { type: 'receipt', conversationId, userId: this.#me, delivered: read, read } as const;
    this.#connection.share({ type: 'events', events: [event] });
  }

  /** Must be called at every keystroke, and with `false` when the person stops without sending. It throttles what it sends. */
  typing(conversationId: string, typing = true): void {
    if (typing) this.#typing.type(conversationId);
    else this.#typing.stop(conversationId);
  }

  /** Turns the notifications of a conversation off or on, on all devices of the person. */
  mute(conversationId: string, muted: boolean): Promise<Result<unknown>> {
    return this.#settings.run(conversationId, 'mute', async () => {
      const result = await this.api.setMuted(conversationId, this.#me, muted);
      if ('ok' in result) this.conversations.setMuted(conversationId, muted);
      return result;
    });
  }

  #entered(state: ConnectionState): void {
    this.#change();
    this.#emitter.emit('connection', state);
    if (state !== 'online') {
      this.presence.forget();
      return;
    }
    this.outbox.flush();
    this.#receipts.flush();
    this.#revisions.flush();
    this.#settings.flush();
    void this.conversations.catchUp();
    void this.invitations.load();
    for (const id of this.#shown) void this.#fetchReceipts(id);
  }

  #receive(events: readonly Push[]): void {
    this.conversations.receive(events);
    for (const event of events) {
      if (event.type === 'media') this.media.receive(event);
      if (event.type === 'presence') this.presence.receive(event);
      if (event.type === 'invitation') void this.invitations.load();
      this.#emitter.emit('event', event);
      if (event.type === 'bye' && endsSession.has(event.reason))
        this.#auth.end({ code: 'unauthorized', message: event.reason, temporary: false });
    }
  }

  async #fetchReceipts(conversationId: string): Promise<void> {
    const memberCount = this.conversations.get(conversationId)?.memberCount ?? 0;
    if (memberCount > limits.receiptMembers) return;
    const result = await this.api.receipts(conversationId);
    // After a failure they are fetched again with the next connection.
    if ('ok' in result) for (const receipt of result.ok.receipts) this.conversations.receipt(conversationId, receipt);
  }

  /** A failure isn't repeated, because others soon stop showing it by themselves. */
  #sendTyping(conversationId: string, typing: boolean): void {
    void this.#typingFrames.run(conversationId, 'typing', async () => ({
      ok: await this.#command({ action: 'typing', conversationId, typing }),
    }));
  }

  #revise(kind: string, command: Unsent<EditMessage | DeleteMessage | React>): Promise<Result<Revised>> {
    return this.#revisions.run(`${command.conversationId} ${command.seq}`, kind, () => this.#command<Revised>(command));
  }

  #command<T>(command: Unsent<Frame>): Promise<Result<T>> {
    // There won't be a connection any more, so nothing may wait for one.
    if (this.#auth.user === undefined) return Promise.resolve(fail('unauthorized', 'The session is over.'));
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
    // An own message may arrive as an event before its acknowledgement, which may also have been lost.
    if (message.senderId === this.#me) void this.outbox.acknowledge(message.clientId);
    else this.presence.hear(message.senderId);
    this.#emitter.emit('message', { conversationId, message });
    if (this.#isUnseen(conversationId, message)) this.#emitter.emit('unseen', { conversationId, message });
  }

  #isUnseen(conversationId: string, { senderId, seq, deletedAt }: Message): boolean {
    if (!this.#connection.isLeader || this.#visibility.visible || senderId === this.#me || deletedAt) return false;
    // What came while the program was closed is no news: it was pushed then, and the list says so.
    if (!this.conversations.loaded) return false;
    const state = this.conversations.get(conversationId);
    return state !== undefined && !state.muted && seq > state.readSeq;
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
