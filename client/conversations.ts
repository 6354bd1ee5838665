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
  type Change,
  type ConversationState,
  describe,
  isCountable,
  type Push,
  reach,
  read,
  setTyping,
} from './conversation.ts';
import type { Result } from './failures.ts';
import type { Message, Source } from './messages.ts';
import type { Platform } from './platform.ts';
import { show } from './timeline.ts';
import { Lapses } from './typing.ts';

/** Frames may overtake each other: a gap is left this long before it is fetched. */
const gapMs = 500;

export interface ConversationsOptions {
  readonly api: Api;
  readonly platform: Platform;
  /** The signed-in person's id. */
  readonly me: string;
  readonly onChange: () => void;
  /** Once per message that is new here, live or caught up with. */
  readonly onMessage: (conversationId: string, message: Message) => void;
  /** There may be messages of others that weren't here before. */
  readonly onReceived: (conversationId: string) => void;
}

/** All conversations of the signed-in person, kept equal to the server's by live events and `/sync`. */
export class Conversations {
  readonly #options: ConversationsOptions;
  readonly #states = new Map<string, ConversationState>();
  /** Left out of the cursors of the next `/sync`, which then describes them afresh. */
  readonly #undescribed = new Set<string>();
  /** What happened to a conversation while a page of its history is on its way, which may be from before. */
  readonly #loading = new Map<string, { readonly event: Change; readonly source: Source }[]>();
  readonly #lapses: Lapses;
  #loaded = false;
  #closed = false;
  #syncing = false;
  #behind = false;
  #cancelGapTimer: (() => void) | undefined;

  constructor(options: ConversationsOptions) {
    this.#options = options;
    this.#lapses = new Lapses(options.platform, (id, userId, typing) => {
      const state = this.#states.get(id);
      if (state && userId !== options.me) this.#update(state, setTyping(state, userId, typing));
    });
  }

  /** Whether the list was fetched from the server yet. */
  get loaded(): boolean {
    return this.#loaded;
  }

  /** Latest activity first. */
  get all(): readonly ConversationState[] {
    return [...this.#states.values()].sort((a, b) => (activity(a) < activity(b) ? 1 : -1));
  }

  get(id: string): ConversationState | undefined {
    return this.#states.get(id);
  }

  /** Takes a description over, unless what is known is newer. */
  add(conversation: Conversation): void {
    const { id } = conversation;
    const known = this.#states.get(id);
    const state = known ? describe(known, conversation) : begin(conversation, this.#options.me);
    if (state) this.#set(state);
    else this.#describe(id);
    if (!known && conversation.unread > 0) this.#options.onReceived(id);
  }

  close(): void {
    this.#closed = true;
    this.#cancelGapTimer?.();
    this.#lapses.close();
  }

  receive(events: readonly Push[]): void {
    for (const event of events) {
      if (event.type === 'receipt') this.receipt(event.conversationId, event);
      else if (event.type === 'typing') this.#lapses.hear(event.conversationId, event.userId, event.typing);
      else if (event.type === 'muted') this.setMuted(event.conversationId, event.muted);
      else if ('seq' in event) this.change(event);
    }
    this.#watchGaps();
  }

  change(event: Change): void {
    const state = this.#states.get(event.conversationId);
    if (state === undefined) {
      void this.catchUp();
      return;
    }
    this.#loading.get(state.id)?.push({ event, source: 'public' });
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

  /** The server knows the read pointer: where the unread can't be counted here, its number is fetched. */
  recount(id: string): void {
    const state = this.#states.get(id);
    if (state && !isCountable(state)) void this.catchUp();
  }

  /** Fetches what changed since the cursors; again and again until it is all there. */
  async catchUp(): Promise<void> {
    this.#behind = true;
    if (this.#syncing) return;
    this.#syncing = true;
    for (let failures = 0; this.#behind && !this.#closed; ) {
      this.#behind = false;
      const cursors = this.#cursors();
      const undescribed = [...this.#undescribed];
      // Whose members change while the answer is on its way is to be described once more.
      this.#undescribed.clear();
      const result = await this.#options.api.sync(cursors);
      if ('ok' in result) {
        this.#sync(result.ok);
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
  }

  /** Fetches the newest page of a conversation's history, then at every call the one before. */
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
    // Begun anew meanwhile: this page need not join up with it.
    if (now?.start !== before.start) return this.loadHistory(id);
    const { me } = this.#options;
    this.#set(
      meanwhile.reduce((state, { event, source }) => show(state, event, me, source), addHistory(now, page.ok, me)),
    );
    return { ok: undefined };
  }

  /** Moves the read pointer to the end. False when it is there already. */
  markRead(id: string): boolean {
    const state = this.#states.get(id);
    if (!state || state.unread === 0) return false;
    this.#set(read(state, state.lastSeq, this.#options.me));
    return true;
  }

  /** What devices say at the same time has no order but the server's, which is asked for. */
  setMuted(id: string, muted: boolean): void {
    const state = this.#states.get(id);
    if (state) this.#set({ ...state, muted });
    void this.catchUp();
  }

  #sync({ conversations, added, removed, more }: Sync): void {
    const { me } = this.#options;
    if (more) this.#behind = true;
    for (const synced of conversations) {
      const state = this.#states.get(synced.conversationId);
      if (!state) continue;
      this.#loading.get(state.id)?.push(...synced.events.map((event) => ({ event, source: 'personal' as const })));
      this.#replace(state, applySync(state, synced, me));
      if (synced.more) this.#behind = true;
      // To a cursor of 0 the server doesn't say that one has left and come back, and that events of before are left out.
      const skipped = synced.resync || (state.lastSeq === 0 && synced.lastSeq > 0 && synced.events[0]?.seq !== 1);
      if (skipped || synced.events.some((event) => bringsMember(event, state))) this.#describe(state.id);
    }
    for (const conversation of added) {
      const known = this.#states.get(conversation.id);
      if (known && known.lastSeq < conversation.lastSeq) this.#behind = true;
      this.add(conversation);
    }
    for (const id of removed) this.#states.delete(id);
    this.#loaded = true;
    this.#options.onChange();
  }

  /** The server says whether one is back in it, and which of it one sees then. */
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
  }

  #update(before: ConversationState, after: ConversationState): void {
    if (after !== before) this.#set(after);
  }

  #set(state: ConversationState): void {
    this.#states.set(state.id, state);
    this.#options.onChange();
  }

  #cursors(): Record<string, number> {
    const named = this.all.filter(({ id }) => !this.#undescribed.has(id)).slice(0, limits.syncCursors);
    return Object.fromEntries(named.map(({ id, lastSeq }) => [id, lastSeq]));
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

/** No event tells all that is to be known of a new member. */
function bringsMember(event: Change, { describedSeq }: ConversationState): boolean {
  return event.type === 'member' && event.change === 'added' && event.seq > describedSeq;
}
