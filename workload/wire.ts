import { hash } from 'node:crypto';
import type * as history from '#checker/history.ts';
import type { Conversation } from '#protocol/conversations.ts';
import type { ConversationEvent, Sync } from '#protocol/events.ts';
import type { Message } from '#protocol/messages.ts';

/** What stands in a history for a text and the ids of its files. */
export function bodyOf(text: string, mediaIds: readonly string[] = []): string {
  if (text === '' && mediaIds.length === 0) return '';
  return hash('sha1', [text.normalize('NFC'), ...mediaIds].join('\0'), 'base64url').slice(0, 12);
}

export function messageOf(message: Message): history.Message {
  const { seq, n, clientId, senderId, text, media, replyTo, deletedAt, updatedSeq, reactions = [] } = message;
  return {
    seq,
    n,
    id: clientId,
    from: senderId,
    body: bodyOf(
      text,
      media.map(({ id }) => id),
    ),
    ...(replyTo !== null && { replyTo }),
    ...(deletedAt !== undefined && { deleted: true }),
    ...(updatedSeq !== undefined && { updated: updatedSeq }),
    ...(reactions.length > 0 && { reactions: reactions.map(({ emoji, count }) => `${emoji}${count}`).join(' ') }),
  };
}

export function changeOf(event: ConversationEvent): history.Change {
  const { seq } = event;
  switch (event.type) {
    case 'message':
      return { kind: 'message', seq, message: messageOf(event.message) };
    case 'edited':
    case 'deleted':
    case 'reacted': {
      const message = event.message && { message: messageOf(event.message) };
      return { kind: event.type, seq, target: event.target, by: event.by, ...message };
    }
    case 'member':
      return { kind: 'member', seq, user: event.userId, change: memberChanges[event.change] };
    case 'conversation':
      return { kind: 'other', seq, ...(event.history !== undefined && { access: event.history }) };
    default:
      // A type that only a newer server knows.
      event satisfies never;
      return { kind: 'other', seq };
  }
}

const memberChanges = { added: 'in', removed: 'out', left: 'out', role: 'other', erased: 'other' } as const;

export function countsOf({ id, lastSeq, readSeq, unread }: Conversation): history.Counts {
  return { conversation: id, last: lastSeq, read: readSeq, unread };
}

/** The answer of `/sync` to these cursors. */
export function syncedOf({ conversations, added, removed }: Sync, cursors: Readonly<Record<string, number>>) {
  const caughtUp = conversations.map(({ conversationId, lastSeq, readSeq, unread, events, more, resync }) => ({
    conversation: conversationId,
    last: lastSeq,
    read: readSeq,
    unread,
    from: cursors[conversationId] ?? 0,
    changes: events.map(changeOf),
    ...(more && { more }),
    ...(resync && { resync }),
  }));
  return { entries: [...caughtUp, ...added.map(countsOf)], removed } satisfies history.Answered['sync'];
}
