import type { Change, MessageChange } from '#core/conversations/change.ts';
import type { ChangeReader } from '#core/conversations/read.ts';
import type { Message } from '#protocol/messages.ts';
import { messageOf } from './message.ts';
import { includesEmoji } from './reactions.ts';

export interface MessageReader extends ChangeReader {
  /** The changes at some `seq`s, in no particular order. Missing ones are left out. */
  at(conversationId: string, seqs: readonly number[]): Promise<Change[]>;
  /** The emojis of one user's reactions to some messages, by the `seq` of the message. */
  reactionsBy(
    conversationId: string,
    userId: string,
    seqs: readonly number[],
  ): Promise<ReadonlyMap<number, readonly string[]>>;
}

/**
 * Messages of one conversation for one user, with `mine` on their own reactions. This only reads something if more users have
 * reacted than a message lists.
 */
export async function messagesFor(
  reader: MessageReader,
  userId: string,
  messages: readonly MessageChange[],
): Promise<Message[]> {
  const unsure = messages.filter(({ reactions = [] }) =>
    reactions.some(({ count, userIds }) => count > userIds.length && !userIds.includes(userId)),
  );
  const [first] = unsure;
  const seqs = unsure.map(({ seq }) => seq);
  const unlisted = first ? await reader.reactionsBy(first.conversationId, userId, seqs) : new Map<number, string[]>();
  return messages.map((message) =>
    messageOf(
      message,
      ({ emoji, userIds }) => userIds.includes(userId) || includesEmoji(unlisted.get(message.seq) ?? [], emoji),
    ),
  );
}
