import { history } from '#core/messages/history.ts';
import { sync } from '#core/sync/sync.ts';
import type { ConversationEvent } from '#protocol/events.ts';
import type { Message } from '#protocol/messages.ts';
import type { Chat } from './chat.ts';

/** The simplest client of one conversation that the contract allows. Of two states of a message it keeps the newer one. */
export class Reader {
  readonly userId: string;
  readonly conversationId: string;
  readonly messages = new Map<number, Message>();
  /** All messages that it has ever got. */
  readonly shown: Message[] = [];
  /** It is undefined while the client doesn't know the conversation. */
  cursor: number | undefined;

  constructor(userId: string, conversationId: string, cursor?: number) {
    this.userId = userId;
    this.conversationId = conversationId;
    this.cursor = cursor;
  }

  /** Takes live events, which may come in any order and more than once. */
  apply(event: ConversationEvent): void {
    if ('message' in event && event.message) this.#keep(event.message);
  }

  /** Syncs until nothing is left, and fetches the history if a sync requires it. */
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

  /** The messages in their order. `mine` is added to those that came live, whose events say who reacted instead. */
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

/** All messages that a user may see, read page by page. There are none if the user isn't a member. */
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
