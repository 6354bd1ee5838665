import { createHash } from 'node:crypto';
import { isoTime } from '#core/clock.ts';
import type { Complete } from '#core/complete.ts';
import type { MessageChange, Reaction } from '#core/conversations/change.ts';
import type { Message } from '#protocol/messages.ts';

/** The first 132 bits of a text's SHA-256 hash. It tells the text from others without storing it. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** A message in the shape of the contract. `isMine` tells whether the reader has reacted with an emoji. */
export function messageOf(change: MessageChange, isMine: (reaction: Reaction) => boolean = () => false): Message {
  const { seq, n, senderId, clientId, text, media = [], replyTo, updatedSeq } = change;
  const { sentAt, editedAt, deletedAt, reactions = [] } = change;
  return {
    seq,
    n,
    senderId,
    clientId,
    text,
    media: [...media],
    replyTo,
    sentAt: isoTime(sentAt),
    editedAt: editedAt === undefined ? undefined : isoTime(editedAt),
    deletedAt: deletedAt === undefined ? undefined : isoTime(deletedAt),
    reactions: reactions.length === 0 ? undefined : reactions.map((reaction) => reactionOf(reaction, isMine(reaction))),
    updatedSeq,
  } satisfies Complete<Message>;
}

function reactionOf({ emoji, count, userIds }: Reaction, isMine: boolean) {
  return { emoji, count, userIds: [...userIds], ...(isMine && { mine: true as const }) };
}
