import { signal } from '@preact/signals';
import type { Chat, ConversationState, Failure, Message, Result } from '#client/index.ts';

/** A stretch of the conversation, by its first and last `seq`. */
interface Passage {
  readonly from: number;
  readonly to: number;
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

const missing: Failure = { code: 'not_found', message: 'There is no such message.', temporary: false };

/**
 * Messages of a conversation beside those that the client keeps, which reach from the newest one back without a hole: a passage
 * far back, and what is quoted.
 */
export class Archive {
  readonly #chat: Chat;
  readonly #id: string;
  readonly #asked = new Set<number>();
  /** Null for what isn't there, or not to be seen. */
  readonly #known = signal<ReadonlyMap<number, Message | null>>(new Map());
  readonly #passage = signal<Passage | undefined>(undefined);

  constructor(chat: Chat, conversationId: string) {
    this.#chat = chat;
    this.#id = conversationId;
  }

  /** Keeps up with edits, deletions and reactions, until what it returns is called. */
  follow(): () => void {
    return this.#chat.on('event', (event) => {
      if (!('target' in event) || event.conversationId !== this.#id) return;
      // Fetched anew, since the event doesn't tell one's own reactions.
      if (this.#known.peek().has(event.target)) void this.#fetch(event.target);
    });
  }

  /** A message wherever it is; undefined while it is being fetched. */
  find(seq: number): Message | null | undefined {
    const kept = this.#chat.conversations.get(this.#id)?.messages.find((message) => message.seq === seq);
    if (kept) return kept;
    if (!this.#asked.has(seq)) {
      this.#asked.add(seq);
      void this.#fetch(seq);
    }
    return this.#known.value.get(seq);
  }

  /** What is to be shown: the passage, which may reach up to the messages that are kept; or only these. */
  shown({
    messages,
    hasOlder,
  }: ConversationState): Pick<Passage, 'hasOlder' | 'hasNewer'> & { messages: readonly Message[] } {
    const passage = this.#passage.value;
    if (!passage) return { messages, hasOlder, hasNewer: false };
    const end = Math.min(passage.to, this.#firstKept - 1);
    const old = [...this.#known.value.values()].filter(
      (one) => one !== null && one.seq >= passage.from && one.seq <= end,
    );
    const sorted = old.filter((one) => one !== null).sort((a, b) => a.seq - b.seq);
    return { ...passage, messages: passage.hasNewer ? sorted : [...sorted, ...messages] };
  }

  /** Shows the passage around a message. */
  async goTo(seq: number): Promise<Result<void>> {
    const { api } = this.#chat;
    const [before, after] = await Promise.all([
      api.history(this.#id, { before: seq + 1 }),
      api.history(this.#id, { after: seq }),
    ]);
    if ('error' in before) return before;
    if ('error' in after) return after;
    if (before.ok.messages.at(-1)?.seq !== seq) return { error: missing };
    this.#keep([...before.ok.messages, ...after.ok.messages]);
    this.#show({
      from: before.ok.messages[0]?.seq ?? seq,
      to: after.ok.messages.at(-1)?.seq ?? seq,
      hasOlder: before.ok.hasMore,
      hasNewer: after.ok.hasMore,
    });
    return { ok: undefined };
  }

  /** Shows nothing but what is kept. */
  leave(): void {
    this.#passage.value = undefined;
  }

  async loadOlder(): Promise<Result<void>> {
    const passage = this.#passage.peek();
    if (!passage) return this.#chat.conversations.loadHistory(this.#id);
    const page = await this.#chat.api.history(this.#id, { before: passage.from });
    if ('error' in page) return page;
    this.#keep(page.ok.messages);
    this.#show({ ...passage, from: page.ok.messages[0]?.seq ?? passage.from, hasOlder: page.ok.hasMore });
    return { ok: undefined };
  }

  async loadNewer(): Promise<Result<void>> {
    const passage = this.#passage.peek();
    if (!passage) return { ok: undefined };
    const page = await this.#chat.api.history(this.#id, { after: passage.to });
    if ('error' in page) return page;
    this.#keep(page.ok.messages);
    this.#show({ ...passage, to: page.ok.messages.at(-1)?.seq ?? passage.to, hasNewer: page.ok.hasMore });
    return { ok: undefined };
  }

  get #firstKept(): number {
    return this.#chat.conversations.get(this.#id)?.messages[0]?.seq ?? Number.POSITIVE_INFINITY;
  }

  #show(passage: Passage): void {
    this.#passage.value = { ...passage, hasNewer: passage.hasNewer && passage.to < this.#firstKept - 1 };
  }

  async #fetch(seq: number): Promise<void> {
    const page = await this.#chat.api.history(this.#id, { before: seq + 1, after: seq - 1 });
    if ('ok' in page) this.#known.value = new Map(this.#known.peek()).set(seq, page.ok.messages[0] ?? null);
    // Whoever shows it next tries again.
    else this.#asked.delete(seq);
  }

  #keep(messages: readonly Message[]): void {
    this.#known.value = new Map([...this.#known.peek(), ...messages.map((message) => [message.seq, message] as const)]);
  }
}
