import { type Signal, signal } from '@preact/signals';
import type { Chat, ConversationState, Description, Failure, Message, Result } from '#client/index.ts';
import type { History } from '#protocol/history.ts';

/** Some messages in their order, without a gap, and whether there are others before and after them. */
export interface Passage {
  readonly messages: readonly Message[];
  /** What happened to the group and its members among them. */
  readonly changes: readonly Description[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

/** What the client has of a conversation. */
type Timeline = Pick<ConversationState, 'messages' | 'changes' | 'hasOlder'>;

const missing: Failure = { code: 'not_found', message: 'There is no such message.', temporary: false };
/** How many messages are kept on either side of the first one in sight, and how many there may be before the others are let go. */
const keptEachSide = 150;
const mostKept = 500;
/** How many quoted messages are kept. */
const mostQuoted = 200;

/**
 * Messages of one conversation that the client doesn't keep. The client's timeline reaches from the newest message back without a
 * gap; search hits and quoted messages may be far before it. `docs/decisions/0056` says why they are kept here, and `0156` how they are
 * let go.
 */
export class MessageHistory {
  readonly #chat: Chat;
  readonly #id: string;
  /** Quoted messages by `seq`. Null if there is no such message, or the person may not see it. */
  readonly #quoted = new Map<number, Signal<Message | null | undefined>>();
  readonly #passage = signal<Passage | undefined>(undefined);
  /** What `shown` made last, and of what. */
  #joined: { readonly of: readonly unknown[]; readonly shown: Passage } | undefined;

  constructor(chat: Chat, conversationId: string) {
    this.#chat = chat;
    this.#id = conversationId;
  }

  /** Refetches messages when they are edited, deleted or reacted to. Returns a function that ends it. */
  follow(): () => void {
    return this.#chat.on('event', (event) => {
      if (!('target' in event) || event.conversationId !== this.#id) return;
      const { target } = event;
      const isShown = this.#passage.peek()?.messages.some(({ seq }) => seq === target) ?? false;
      // The event itself isn't enough: it doesn't say which reactions are the person's own.
      if (isShown || this.#quoted.has(target)) void this.#fetch(target);
    });
  }

  /** A message from the client's timeline or from the server. Undefined while it is being fetched, null if it can't be seen. */
  find(seq: number, { messages }: ConversationState): Message | null | undefined {
    const of = (list: readonly Message[] = []) => list.find((message) => message.seq === seq);
    return of(messages) ?? of(this.#passage.value?.messages) ?? this.#quote(seq).value;
  }

  /**
   * The messages to show: the timeline, or the passage, or both as one list if the passage reaches up to the timeline. As long as neither
   * changes, it is the same object.
   */
  shown(timeline: Timeline): Passage {
    const passage = this.#passage.value;
    if (passage?.hasNewer) return passage;
    const of = [passage, timeline.messages, timeline.changes, timeline.hasOlder];
    const last = this.#joined;
    if (last?.of.every((one, i) => one === of[i])) return last.shown;
    const shown = joined(passage, timeline);
    this.#joined = { of, shown };
    return shown;
  }

  /** Shows the passage around a message. Fails with `not_found` if the message can't be seen. */
  async goTo(seq: number): Promise<Result<void>> {
    const found = await this.#around(seq);
    if ('error' in found) return found;
    if (!found.ok.messages.some((message) => message.seq === seq)) return { error: missing };
    this.#show(found.ok);
    return { ok: undefined };
  }

  /** Shows the passage around a place between two messages: after the one with this `seq`, or where that would be. */
  async goAfter(seq: number): Promise<Result<void>> {
    const found = await this.#around(seq);
    if ('error' in found) return found;
    this.#show(found.ok);
    return { ok: undefined };
  }

  /** Drops the passage: from now on the timeline is shown. */
  leave(): void {
    this.#passage.value = undefined;
  }

  async loadOlder(): Promise<Result<void>> {
    const passage = this.#passage.peek();
    if (!passage) return this.#chat.conversations.loadHistory(this.#id);
    const before = passage.messages[0]?.seq ?? this.#timelineStart;
    const page = await this.#chat.api.history(this.#id, { before });
    if ('error' in page) return page;
    const now = this.#passage.peek();
    // The person has gone elsewhere meanwhile.
    if (now?.messages[0] !== passage.messages[0]) return { ok: undefined };
    this.#show({
      ...(now ?? passage),
      messages: [...page.ok.messages, ...(now?.messages ?? [])],
      changes: [...changesOf(page.ok), ...(now?.changes ?? [])],
      hasOlder: page.ok.hasMore,
    });
    return { ok: undefined };
  }

  async loadNewer(): Promise<Result<void>> {
    const passage = this.#passage.peek();
    const last = passage?.messages.at(-1);
    if (!passage || !last) return { ok: undefined };
    const page = await this.#chat.api.history(this.#id, { after: last.seq });
    if ('error' in page) return page;
    const now = this.#passage.peek();
    if (now?.messages.at(-1)?.seq !== last.seq) return { ok: undefined };
    this.#show({
      messages: [...now.messages, ...page.ok.messages],
      changes: [...now.changes, ...changesOf(page.ok)],
      hasOlder: now.hasOlder,
      hasNewer: page.ok.hasMore,
    });
    return { ok: undefined };
  }

  /**
   * Lets go of messages that are far from what the person sees, so that memory and the cost of a change don't grow.
   * @param state the state that the page shows; if the client has a newer one, that will be shown soon
   * @param first the `seq` of the first message in sight; undefined if the newest one is in sight, too
   */
  letGo(state: ConversationState, first: number | undefined): void {
    const shown = this.shown(state);
    const { messages } = shown;
    const { conversations } = this.#chat;
    if (messages.length <= mostKept || conversations.get(this.#id) !== state) return;
    if (first === undefined) {
      this.leave();
      conversations.letGo(this.#id);
      return;
    }
    const at = messages.findIndex(({ seq }) => seq >= first);
    const [from, to] = [Math.max(0, at - keptEachSide), Math.min(messages.length, at + keptEachSide)];
    const kept = messages.slice(from, to);
    const [low = 0, high = 0] = [kept[0]?.seq, kept.at(-1)?.seq];
    this.#passage.value = {
      messages: kept,
      changes: shown.changes.filter(({ seq }) => seq > low && seq < high),
      hasOlder: shown.hasOlder || from > 0,
      hasNewer: shown.hasNewer || to < messages.length,
    };
    conversations.letGo(this.#id);
  }

  get #timelineStart(): number {
    return this.#chat.conversations.get(this.#id)?.messages[0]?.seq ?? Number.POSITIVE_INFINITY;
  }

  #show(passage: Passage): void {
    const last = passage.messages.at(-1)?.seq ?? 0;
    this.#passage.value = { ...passage, hasNewer: passage.hasNewer && last < this.#timelineStart };
  }

  /** The messages around a `seq`. */
  async #around(seq: number): Promise<Result<Passage>> {
    const { api } = this.#chat;
    const [before, after] = await Promise.all([
      api.history(this.#id, { before: seq + 1 }),
      api.history(this.#id, { after: seq }),
    ]);
    if ('error' in before) return before;
    if ('error' in after) return after;
    const messages = [...before.ok.messages, ...after.ok.messages];
    const changes = [...changesOf(before.ok), ...changesOf(after.ok)];
    return { ok: { messages, changes, hasOlder: before.ok.hasMore, hasNewer: after.ok.hasMore } };
  }

  /** The signal of a quoted message, which is fetched at the first call. */
  #quote(seq: number): Signal<Message | null | undefined> {
    const known = this.#quoted.get(seq);
    if (known) return known;
    const quoted = signal<Message | null | undefined>(undefined);
    this.#quoted.set(seq, quoted);
    const [oldest] = this.#quoted.keys();
    if (this.#quoted.size > mostQuoted && oldest !== undefined) this.#quoted.delete(oldest);
    void this.#fetch(seq);
    return quoted;
  }

  async #fetch(seq: number): Promise<void> {
    const page = await this.#chat.api.history(this.#id, { before: seq + 1, after: seq - 1 });
    const quoted = this.#quoted.get(seq);
    if ('error' in page) {
      // The next component that asks for it tries again.
      if (quoted?.peek() === undefined) this.#quoted.delete(seq);
      return;
    }
    const message = page.ok.messages[0] ?? null;
    if (quoted) quoted.value = message;
    const passage = this.#passage.peek();
    if (passage && message)
      this.#passage.value = {
        ...passage,
        messages: passage.messages.map((one) => (one.seq === seq ? message : one)),
      };
  }
}

/** What happened to the group between the messages of a page. A server of before doesn't say it. */
function changesOf({ changes = [] }: History): readonly Description[] {
  return changes;
}

/** The timeline, after the passage that reaches up to it, if there is one. */
function joined(passage: Passage | undefined, { messages, changes, hasOlder }: Timeline): Passage {
  if (!passage) return { messages, changes, hasOlder, hasNewer: false };
  const start = messages[0]?.seq ?? Number.POSITIVE_INFINITY;
  const isBefore = ({ seq }: { seq: number }) => seq < start;
  return {
    ...passage,
    messages: [...passage.messages.filter(isBefore), ...messages],
    changes: [...passage.changes.filter(isBefore), ...changes.filter((change) => !isBefore(change))],
  };
}
