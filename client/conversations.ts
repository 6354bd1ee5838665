import type { Conversation } from 'storm-chat-protocol/conversations';
import type { Sync } from 'storm-chat-protocol/events';
import { limits } from 'storm-chat-protocol/limits';
import type { Receipt } from 'storm-chat-protocol/receipts';
import type { Api } from './api.ts';
import { backoff } from './backoff.ts';
import {
  activity,
  addHistory,
  apply,
  applySync,
  begin,
  beginsAnew,
  type Change,
  type ConversationState,
  describe,
  isCountable,
  keepNewest,
  type Push,
  reach,
  read,
  setTyping,
} from './conversation.ts';
import type { Result } from './failures.ts';
import type { Message, Source } from './messages.ts';
import type { Platform } from './platform.ts';
import { timeSpan } from './time-span.ts';
import { show } from './timeline.ts';
import { TypingTimeouts } from './typing.ts';

/** Frames may overtake each other, so a missing event has this long to arrive before it is fetched. */
const gapMs = 500;

/**
 * A push may be lost on an open socket, and nobody notices before the next event. So while somebody looks, there is a sync after so
 * long without one (docs/decisions/0121). It is a random time, so that clients that connected together don't all ask together.
 */
const staleMs = { earliest: 15 * 60_000, latest: 20 * 60_000 };

/** How many messages of a conversation stay in memory when older ones are let go. There may be twice as many before that happens. */
const keptMessages = 100;

export interface ConversationsOptions {
  readonly api: Api;
  readonly platform: Platform;
  /** The signed-in person's id. */
  readonly me: string;
  readonly onChange: () => void;
  /** Called once for every new message, whether it was pushed or came by `/sync`. */
  readonly onMessage: (conversationId: string, message: Message) => void;
  /** Called after each answer of `/sync`, by which conversations may have got another epoch. */
  readonly onSynced: () => void;
  /** Called for each message that was deleted. */
  readonly onDeleted: (message: Message) => void;
  /** Whether a conversation is on screen. The messages of others are let go when they become many. */
  readonly isShown: (conversationId: string) => boolean;
  /** Called when the server doesn't know how far the person has read a conversation. */
  readonly onUnreported: (conversationId: string) => void;
  /** Called when a conversation may have new messages of others, which this client has now received. */
  readonly onReceived: (conversationId: string) => void;
}

/** All conversations of the signed-in person, kept up to date by pushed events and `/sync`. */
export class Conversations {
  readonly #options: ConversationsOptions;
  readonly #states = new Map<string, ConversationState>();
  /** Conversations to describe anew: the next `/sync` gets no cursor for them, so it answers with their descriptions. */
  readonly #undescribed = new Set<string>();
  /** By conversation whose history is being fetched: the events since the request, which the page may not contain. */
  readonly #loading = new Map<string, { readonly event: Change; readonly source: Source }[]>();
  readonly #typingTimeouts: TypingTimeouts;
  #loaded = false;
  #closed = false;
  #syncing = false;
  #behind = false;
  #cancelGapTimer: (() => void) | undefined;
  /** Whether the last sync is so long ago that there should be another one. */
  #isStale = () => false;
  #cancelRefresh = () => {};

  constructor(options: ConversationsOptions) {
    this.#options = options;
    this.#typingTimeouts = new TypingTimeouts(options.platform, (id, userId, typing) => {
      const state = this.#states.get(id);
      if (state && userId !== options.me) this.#update(state, setTyping(state, userId, typing));
    });
    options.platform.onWake(() => this.#refresh());
  }

  /** Whether the list was fetched from the server yet. */
  get loaded(): boolean {
    return this.#loaded;
  }

  /** All of them, latest activity first. */
  get all(): readonly ConversationState[] {
    return [...this.#states.values()].sort((a, b) => (activity(a) < activity(b) ? 1 : -1));
  }

  get(id: string): ConversationState | undefined {
    return this.#states.get(id);
  }

  /** Begins with what was known at an earlier time. Must be called before the first `catchUp`. */
  restore(states: readonly ConversationState[]): void {
    for (const state of states) this.#states.set(state.id, state);
    this.#options.onChange();
  }

  /** Adds a conversation, or updates its description unless a newer one is known. */
  add(conversation: Conversation): void {
    const { id } = conversation;
    const known = this.#states.get(id);
    if (known && known.epoch !== conversation.epoch) {
      // Which of the two is the present one only `/sync` knows.
      void this.catchUp();
      return;
    }
    const state = known ? describe(known, conversation) : begin(conversation, this.#options.me);
    if (state) this.#set(state);
    else this.#describe(id);
    if (!known && conversation.unread > 0) this.#options.onReceived(id);
  }

  close(): void {
    this.#closed = true;
    this.#cancelGapTimer?.();
    this.#cancelRefresh();
    this.#typingTimeouts.close();
  }

  receive(events: readonly Push[]): void {
    for (const event of events) this.#take(event);
    this.#watchGaps();
  }

  #take(event: Push): void {
    switch (event.type) {
      case 'receipt':
        this.receipt(event.conversationId, event);
        return;
      case 'typing':
        this.#typingTimeouts.hear(event.conversationId, event.userId, event.typing);
        return;
      case 'muted':
        this.setMuted(event.conversationId, event.muted);
        return;
      case 'presence':
      case 'profile':
      case 'media':
      case 'invitation':
      case 'bye':
        // The chat's to deal with.
        return;
      default:
        // Also a type that only a newer server knows: if it has a `seq`, the cursor moves.
        if ('seq' in event) this.change(event);
        else event satisfies never;
    }
  }

  change(event: Change): void {
    const state = this.#states.get(event.conversationId);
    if (state === undefined) {
      void this.catchUp();
      return;
    }
    this.#loading.get(state.id)?.push({ event, source: 'public' });
    this.#noteDeletion(event);
    this.#replace(state, apply(state, event, this.#options.me));
    if (event.seq <= state.lastSeq || event.seq <= state.describedSeq || event.type !== 'member') return;
    if (event.userId === this.#options.me && event.change !== 'role') this.#forget(state.id);
    else if (bringsMember(event, state)) this.#describe(state.id);
  }

  receipt(id: string, { userId, delivered, read: upTo }: Receipt): void {
    const state = this.#states.get(id);
    if (!state) return;
    if (userId !== this.#options.me) {
      this.#update(state, reach(state, userId, { delivered, read: upTo }));
      return;
    }
    const after = read(state, upTo, userId);
    this.#update(state, after);
    if (after !== state) this.recount(id);
  }

  /** Must be called when the server has a new read pointer. Fetches the unread count if it can't be counted here. */
  recount(id: string): void {
    const state = this.#states.get(id);
    if (state && !isCountable(state)) void this.catchUp();
  }

  /** Fetches all changes since the cursors, page by page, and retries failures. */
  async catchUp(): Promise<void> {
    this.#behind = true;
    if (this.#syncing) return;
    this.#syncing = true;
    for (let failures = 0; this.#behind && !this.#closed; ) {
      this.#behind = false;
      const { cursors, epochs } = this.#cursors();
      const undescribed = [...this.#undescribed];
      // Cleared before the request: a conversation that changes during it has to be described once more.
      this.#undescribed.clear();
      const result = await this.#options.api.sync(cursors, epochs);
      if ('ok' in result) {
        this.#sync(result.ok, undescribed);
        failures = 0;
      } else if (result.error.temporary) {
        for (const id of undescribed) this.#undescribed.add(id);
        this.#behind = true;
        await this.#wait(Math.max(result.error.retryAfterMs ?? 0, backoff(failures, this.#options.platform)));
        failures += 1;
      }
    }
    this.#syncing = false;
    this.#watchGaps();
    this.#refreshLater();
  }

  #refreshLater(): void {
    this.#cancelRefresh();
    if (this.#closed) return;
    const { platform } = this.#options;
    const { earliest, latest } = staleMs;
    const delay = earliest + (latest - earliest) * platform.random();
    this.#isStale = timeSpan(platform, delay);
    this.#cancelRefresh = platform.schedule(delay, () => this.#refresh());
  }

  /** A client that nobody looks at waits until somebody does. */
  #refresh(): void {
    if (!this.#isStale() || this.#closed || this.#options.platform.hidden()) return;
    this.#isStale = () => false;
    void this.catchUp();
  }

  /** Fetches a page of history: the newest at the first call, at every later call the one before. */
  async loadHistory(id: string): Promise<Result<void>> {
    const before = this.#states.get(id);
    if (before === undefined || !before.hasOlder || this.#loading.has(id)) return { ok: undefined };
    this.#loading.set(id, []);
    const first = before.loaded ? before.messages[0]?.seq : undefined;
    const page = await this.#options.api.history(id, first === undefined ? {} : { before: first });
    const meanwhile = this.#loading.get(id) ?? [];
    this.#loading.delete(id);
    if ('error' in page) return page;
    const now = this.#states.get(id);
    // The messages were emptied or let go during the request, and this page need not be contiguous with the present ones. Or earlier
    // messages became visible, of which this page doesn't know.
    const isSame = now?.start === before.start && (first === undefined || now.messages[0]?.seq === first);
    if (!isSame || now.history !== before.history) return this.loadHistory(id);
    const { me } = this.#options;
    this.#set(
      meanwhile.reduce((state, { event, source }) => show(state, event, me, source), addHistory(now, page.ok, me)),
    );
    return { ok: undefined };
  }

  /** Moves the read pointer to the newest message up to `seq`. Returns false if nothing up to there was unread. */
  markRead(id: string, seq: number): boolean {
    const state = this.#states.get(id);
    const upTo = Math.min(seq, state?.lastSeq ?? 0);
    if (!state || state.unread === 0 || upTo <= state.readSeq) return false;
    this.#set(read(state, upTo, this.#options.me));
    return true;
  }

  /** Lets go of the oldest messages in memory, if there are many. `loadHistory` loads them again. */
  letGo(id: string): void {
    const state = this.#states.get(id);
    if (state && state.messages.length > 2 * keptMessages) this.#set(keepNewest(state, keptMessages));
  }

  /** Two devices may change it at the same time. Which change came last only the server knows, so it is asked. */
  setMuted(id: string, muted: boolean): void {
    const state = this.#states.get(id);
    if (state) this.#set({ ...state, muted });
    void this.catchUp();
  }

  /** `undescribed` are the conversations whose cursors the request left out, to have them described. */
  #sync({ conversations, added, removed, more }: Sync, undescribed: readonly string[]): void {
    const { me } = this.#options;
    if (more) this.#behind = true;
    for (const synced of conversations) {
      const state = this.#states.get(synced.conversationId);
      if (!state) continue;
      this.#loading.get(state.id)?.push(...synced.events.map((event) => ({ event, source: 'personal' as const })));
      for (const event of synced.events) this.#noteDeletion(event);
      this.#replace(state, applySync(state, synced, me));
      if (synced.more) this.#behind = true;
      // A receipt may get lost, because there is no reply to it.
      if (synced.readSeq < (this.#states.get(state.id)?.readSeq ?? 0)) this.#options.onUnreported(state.id);
      if (beginsAnew(state, synced) || synced.events.some((event) => bringsMember(event, state)))
        this.#describe(state.id);
    }
    for (const conversation of added) {
      const known = this.#states.get(conversation.id);
      if (known && known.lastSeq < conversation.lastSeq) this.#behind = true;
      this.add(conversation);
    }
    for (const id of removed) this.#states.delete(id);
    for (const id of undescribed) {
      if (!this.#states.has(id) || added.some((one) => one.id === id)) continue;
      // It comes with a later page, or the person isn't a member any more, which only an answer to its cursor says.
      if (more) this.#undescribed.add(id);
      this.#behind = true;
    }
    this.#loaded = true;
    this.#options.onChange();
    this.#options.onSynced();
  }

  #noteDeletion(event: Change): void {
    if (event.type === 'deleted' && event.message) this.#options.onDeleted(event.message);
  }

  /** The person isn't a member any more. If they were added again since, the server says so, and what they may see. */
  #forget(id: string): void {
    this.#states.delete(id);
    this.#options.onChange();
    void this.catchUp();
  }

  #describe(id: string): void {
    this.#undescribed.add(id);
    void this.catchUp();
  }

  #replace(before: ConversationState, after: ConversationState): void {
    if (after === before) return;
    this.#set(after);
    const arrived = after.messages.filter(({ seq }) => seq > before.lastSeq && seq <= after.lastSeq);
    if (arrived.some(({ senderId }) => senderId !== this.#options.me)) this.#options.onReceived(after.id);
    for (const message of arrived) this.#options.onMessage(after.id, message);
    if (!this.#options.isShown(after.id)) this.letGo(after.id);
  }

  #update(before: ConversationState, after: ConversationState): void {
    if (after !== before) this.#set(after);
  }

  #set(state: ConversationState): void {
    this.#states.set(state.id, state);
    this.#options.onChange();
  }

  #cursors(): { cursors: Record<string, number>; epochs: Record<string, string> } {
    const named = this.all.filter(({ id }) => !this.#undescribed.has(id)).slice(0, limits.syncCursors);
    return {
      cursors: Object.fromEntries(named.map(({ id, lastSeq }) => [id, lastSeq])),
      epochs: Object.fromEntries(named.map(({ id, epoch }) => [id, epoch])),
    };
  }

  #watchGaps(): void {
    if (this.#cancelGapTimer || this.#closed || !this.#hasGap()) return;
    this.#cancelGapTimer = this.#options.platform.schedule(gapMs, () => {
      this.#cancelGapTimer = undefined;
      if (this.#hasGap()) void this.catchUp();
    });
  }

  #hasGap(): boolean {
    return [...this.#states.values()].some(({ ahead }) => ahead.length > 0);
  }

  #wait(delay: number): Promise<void> {
    return new Promise((resolve) => this.#options.platform.schedule(delay, resolve));
  }
}

/** Whether a member was added. The event doesn't have everything that a description has of a member. */
function bringsMember(event: Change, { describedSeq }: ConversationState): boolean {
  return event.type === 'member' && event.change === 'added' && event.seq > describedSeq;
}
