import { signal } from '@preact/signals';
import type { Chat, ConversationState, Failure, Message, Result } from '#client/index.ts';

/** A contiguous range of messages, both ends included. */
interface Passage {
  readonly from: number;
  readonly to: number;
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

const missing: Failure = { code: 'not_found', message: 'There is no such message.', temporary: false };

/**
 * Messages of one conversation that the client doesn't keep. The client's timeline reaches from the newest message back without a
 * gap; search hits and quoted messages may be far before it. `docs/decisions/0056` says why they are kept here.
 */
export class MessageHistory {
  readonly #chat: Chat;
  readonly #id: string;
  readonly #requested = new Set<number>();
  /** By `seq`. Null if there is no such message, or the person may not see it. */
  readonly #fetched = signal<ReadonlyMap<number, Message | null>>(new Map());
  readonly #passage = signal<Passage | undefined>(undefined);

  constructor(chat: Chat, conversationId: string) {
    this.#chat = chat;
    this.#id = conversationId;
  }

  /** Refetches messages when they are edited, deleted or reacted to. Returns a function that ends it. */
  follow(): () => void {
    return this.#chat.on('event', (event) => {
      if (!('target' in event) || event.conversationId !== this.#id) return;
      // The event itself isn't enough: it doesn't say which reactions are the person's own.
      if (this.#fetched.peek().has(event.target)) void this.#fetch(event.target);
    });
  }

  /** A message from the client's timeline or from the server. Undefined while it is being fetched, null if it can't be seen. */
  find(seq: number): Message | null | undefined {
    const kept = this.#chat.conversations.get(this.#id)?.messages.find((message) => message.seq === seq);
    if (kept) return kept;
    if (!this.#requested.has(seq)) {
      this.#requested.add(seq);
      void this.#fetch(seq);
    }
    return this.#fetched.value.get(seq);
  }

  /** The messages to show: the timeline, or the passage, or both as one list if the passage reaches up to the timeline. */
  shown({
    messages,
    hasOlder,
  }: ConversationState): Pick<Passage, 'hasOlder' | 'hasNewer'> & { messages: readonly Message[] } {
    const passage = this.#passage.value;
    if (!passage) return { messages, hasOlder, hasNewer: false };
    const end = Math.min(passage.to, this.#timelineStart - 1);
    const old = [...this.#fetched.value.values()].filter(
      (one) => one !== null && one.seq >= passage.from && one.seq <= end,
    );
    const sorted = old.filter((one) => one !== null).sort((a, b) => a.seq - b.seq);
    return { ...passage, messages: passage.hasNewer ? sorted : [...sorted, ...messages] };
  }

  /** Shows the passage around a message. Fails with `not_found` if the message can't be seen. */
  async goTo(seq: number): Promise<Result<void>> {
    const { api } = this.#chat;
    const [before, after] = await Promise.all([
      api.history(this.#id, { before: seq + 1 }),
      api.history(this.#id, { after: seq }),
    ]);
    if ('error' in before) return before;
    if ('error' in after) return after;
    if (before.ok.messages.at(-1)?.seq !== seq) return { error: missing };
    this.#store([...before.ok.messages, ...after.ok.messages]);
    this.#show({
      from: before.ok.messages[0]?.seq ?? seq,
      to: after.ok.messages.at(-1)?.seq ?? seq,
      hasOlder: before.ok.hasMore,
      hasNewer: after.ok.hasMore,
    });
    return { ok: undefined };
  }

  /** Drops the passage: from now on the timeline is shown. */
  leave(): void {
    this.#passage.value = undefined;
  }

  async loadOlder(): Promise<Result<void>> {
    const passage = this.#passage.peek();
    if (!passage) return this.#chat.conversations.loadHistory(this.#id);
    const page = await this.#chat.api.history(this.#id, { before: passage.from });
    if ('error' in page) return page;
    this.#store(page.ok.messages);
    this.#show({ ...passage, from: page.ok.messages[0]?.seq ?? passage.from, hasOlder: page.ok.hasMore });
    return { ok: undefined };
  }

  async loadNewer(): Promise<Result<void>> {
    const passage = this.#passage.peek();
    if (!passage) return { ok: undefined };
    const page = await this.#chat.api.history(this.#id, { after: passage.to });
    if ('error' in page) return page;
    this.#store(page.ok.messages);
    this.#show({ ...passage, to: page.ok.messages.at(-1)?.seq ?? passage.to, hasNewer: page.ok.hasMore });
    return { ok: undefined };
  }

  get #timelineStart(): number {
    return this.#chat.conversations.get(this.#id)?.messages[0]?.seq ?? Number.POSITIVE_INFINITY;
  }

  #show(passage: Passage): void {
    this.#passage.value = { ...passage, hasNewer: passage.hasNewer && passage.to < this.#timelineStart - 1 };
  }

  async #fetch(seq: number): Promise<void> {
    const page = await this.#chat.api.history(this.#id, { before: seq + 1, after: seq - 1 });
    if ('ok' in page) this.#fetched.value = new Map(this.#fetched.peek()).set(seq, page.ok.messages[0] ?? null);
    // The next component that asks for it tries again.
    else this.#requested.delete(seq);
  }

  #store(messages: readonly Message[]): void {
    this.#fetched.value = new Map([
      ...this.#fetched.peek(),
      ...messages.map((message) => [message.seq, message] as const),
    ]);
  }
}
