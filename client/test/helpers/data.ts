import type { Session } from 'storm-chat-protocol/accounts';
import type { Conversation } from 'storm-chat-protocol/conversations';
import type { ConversationEvent, SyncedConversation } from 'storm-chat-protocol/events';

export const me = '01936a00-0000-7000-8000-00000000000a';
export const other = '01936a00-0000-7000-8000-00000000000b';
export const conversationId = '01936a00-0000-7000-8000-0000000000c0';
const time = '2026-11-22T08:00:00.000Z';

export function session(accessToken: string, userId = me): Session {
  const user = { id: userId, username: 'maya', displayName: 'Maya', bio: '', avatarUrl: null, createdAt: time };
  return { user, accessToken, expiresIn: 600, refreshToken: `refresh-${accessToken}` };
}

export function conversation(change: Partial<Conversation> = {}): Conversation {
  return {
    id: conversationId,
    type: 'direct',
    name: null,
    avatarUrl: null,
    history: 'joined',
    members: [me, other].map((userId) => ({ userId, role: 'member', joinedAt: time })),
    memberCount: 2,
    epoch: '1',
    lastSeq: 0,
    readSeq: 0,
    unread: 0,
    lastMessage: null,
    muted: false,
    createdAt: time,
    ...change,
  };
}

export function message(
  seq: number,
  senderId = other,
  clientId = `client-${seq}`,
): Extract<ConversationEvent, { type: 'message' }> {
  const content = { seq, n: seq, senderId, clientId, text: `text ${seq}`, media: [], replyTo: null, sentAt: time };
  return { type: 'message', conversationId, seq, message: content };
}

export function synced(change: Partial<SyncedConversation>): SyncedConversation {
  return {
    conversationId,
    epoch: '1',
    lastSeq: 0,
    readSeq: 0,
    unread: 0,
    muted: false,
    events: [],
    more: false,
    ...change,
  };
}
