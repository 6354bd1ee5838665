import type { User } from 'storm-chat-protocol/accounts';
import { type ConversationState, keepNewest } from './conversation.ts';

/** How many conversations a snapshot has, and how many messages of each. */
const kept = { conversations: 20, messages: 50 };

/**
 * What a program keeps of a chat, so that it can show the latest conversations at its next start before there is a connection. It is plain
 * data. It has texts of messages: whoever keeps it has to delete it when the person logs out.
 */
export interface Snapshot {
  readonly user: User;
  readonly conversations: readonly Omit<ConversationState, 'start' | 'typing' | 'ahead'>[];
}

export function takeSnapshot(user: User, all: readonly ConversationState[]): Snapshot {
  const conversations = all.slice(0, kept.conversations).map((state) => {
    const { start: _, typing: __, ahead: ___, ...rest } = keepNewest(state, kept.messages);
    return rest;
  });
  return { user, conversations };
}

/** The states of a snapshot. They are as old as it is: the cursors say how old, so that the next `/sync` brings what is missing. */
export function statesOf({ conversations }: Snapshot): ConversationState[] {
  // One that was kept by an earlier version has no `changes`.
  return conversations.map((state) => ({ ...state, changes: state.changes ?? [], start: {}, typing: [], ahead: [] }));
}
