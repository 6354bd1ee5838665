import type { ConversationEvent } from '../../protocol/events.ts';
import type { Message } from '../../protocol/messages.ts';
import { isoTime } from '../clock.ts';

interface Numbered {
  readonly conversationId: string;
  readonly seq: number;
  /** The number of messages up to and including this change. */
  readonly n: number;
}

export interface MessageChange extends Numbered {
  readonly type: 'message';
  readonly senderId: string;
  readonly clientId: string;
  readonly text: string;
  readonly replyTo: number | null;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
}

export interface MemberChange extends Numbered {
  readonly type: 'member';
  readonly userId: string;
  readonly change: 'added' | 'removed' | 'left' | 'role';
  readonly by: string;
}

export interface ConversationChange extends Numbered {
  readonly type: 'conversation';
  readonly name: string | null;
}

/** A number that was given to a message which never came. */
export interface VoidChange extends Numbered {
  readonly type: 'void';
}

/** What stands at one `seq` of a conversation. */
export type Change = MessageChange | MemberChange | ConversationChange | VoidChange;

/** A message as the contract has it. */
export function messageOf(change: MessageChange): Message {
  const { type: _type, conversationId: _conversationId, sentAt, ...message } = change;
  return { ...message, media: [], sentAt: isoTime(sentAt) };
}

/** A change as clients see it; nobody sees a void. */
export function eventOf(change: Exclude<Change, VoidChange>): ConversationEvent;
export function eventOf(change: Change): ConversationEvent | undefined;
export function eventOf(change: Change): ConversationEvent | undefined {
  const { conversationId, seq } = change;
  switch (change.type) {
    case 'message':
      return { type: 'message', conversationId, seq, message: messageOf(change) };
    case 'member':
      return { type: 'member', conversationId, seq, userId: change.userId, change: change.change, by: change.by };
    case 'conversation':
      return { type: 'conversation', conversationId, seq, name: change.name };
    case 'void':
      return undefined;
  }
}
