import { history } from '#core/messages/history.ts';
import { sync } from '#core/sync/sync.ts';
import type { ConversationEvent } from '#protocol/events.ts';
import type { Message } from '#protocol/messages.ts';
import type { Chat } from './chat.ts';

/** A client of one conversation, as simple as the contract lets it be: of two states of a message it keeps the newer one. */
export class Reader {
  readonly userId: string;
  readonly conversationId: string;
  readonly messages = new Map<number, Message>();
  /** Everything that it was ever shown. */
  readonly shown: Message[] = [];
  /** Nothing while it knows of no such conversation. */
  cursor: number | undefined;

  constructor(userId: string, conversationId: string, cursor?: number) {
    this.userId = userId;
    this.conversationId = conversationId;
    this.cursor = cursor;
  }

  /** In any order, and with repeats. */
  apply(event: ConversationEvent): void {
    if ('message' in event && event.message) this.#keep(event.message);
  }

  /** Syncs until nothing is left, and fetches what a sync says is to be fetched. */
  async catchUp(chat: Chat): Promise<void> {
    for (let more = true; more; ) {
      const cursors = this.cursor === undefined ? {} : { [this.conversationId]: this.cursor };
      const answer = await sync(chat.store, this.userId, { cursors });
      more = answer.more;
      if (answer.removed.length > 0) this.#forget();
      const [added] = answer.added;
      if (added) this.cursor = added.lastSeq;
      const [synced] = answer.conversations;
      if (synced?.resync) this.messages.clear();
      for (const event of synced?.events ?? []) this.apply(event);
      if (synced) this.cursor = synced.more ? (synced.events.at(-1)?.seq ?? this.cursor) : synced.lastSeq;
      const opened = synced?.events.some((event) => event.type === 'conversation' && event.history);
      if (added || opened) await this.#fetch(chat);
    }
  }

  /** The messages in their order, with `mine` also where they came live, which says who reacted instead. */
  get state(): Message[] {
    return [...this.messages.values()]
      .sort((a, b) => a.seq - b.seq)
      .map(({ reactions, ...message }) => ({
        ...message,
        ...(reactions && {
          reactions: reactions.map((reaction) => ({
            ...reaction,
            ...(reaction.userIds.includes(this.userId) && { mine: true as const }),
          })),
        }),
      }));
  }

  async #fetch(chat: Chat): Promise<void> {
    this.messages.clear();
    for (const message of await fetched(chat, this.userId, this.conversationId)) this.#keep(message);
  }

  #keep(message: Message): void {
    this.shown.push(message);
    const known = this.messages.get(message.seq);
    if (!known || (known.updatedSeq ?? 0) <= (message.updatedSeq ?? 0)) this.messages.set(message.seq, message);
  }

  #forget(): void {
    this.messages.clear();
    this.cursor = undefined;
  }
}

/** All messages that someone may see, page by page; none for who is no member. */
export async function fetched(chat: Chat, userId: string, conversationId: string): Promise<Message[]> {
  const messages: Message[] = [];
  for (let before: number | undefined, more = true; more; before = messages[0]?.seq) {
    const conversation = await chat.store.load(conversationId, [userId]);
    const me = conversation?.members.get(userId);
    if (!conversation || !me) return [];
    const page = await history(
      chat.store,
      { conversation, me },
      { limit: 3, ...(before !== undefined && { before }) },
      [],
    );
    messages.unshift(...page.messages);
    more = page.hasMore;
  }
  return messages;
}
