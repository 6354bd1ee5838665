import { floorOf, type OwnConversation } from '#core/access.ts';
import { isoTime } from '#core/clock.ts';
import type { Complete } from '#core/complete.ts';
import type { Change, MessageChange } from '#core/conversations/change.ts';
import type { Conversation, Member } from '#core/conversations/conversation.ts';
import type { PatientReader } from '#core/conversations/read.ts';
import type { AvatarUrl } from '#core/media/media.ts';
import { readMessages } from '#core/messages/history.ts';
import { type MessageReader, messagesFor } from '#core/messages/message-view.ts';
import { pastOwn, unreadOf, type VoidReader } from '#core/messages/unread.ts';
import type * as wire from '#protocol/conversations.ts';
import { limits } from '#protocol/limits.ts';
import type { Summary } from './summary.ts';

export interface ConversationReader extends MessageReader, PatientReader, VoidReader {
  readonly avatarUrl: AvatarUrl;
  /** The present epoch, which all conversations of a deployment have in common (decision 0123). */
  readonly epoch: string;
  /** The newest state that a replica has of the message at a `seq`: half a read unit. It may be behind. */
  glance(conversationId: string, seq: number): Promise<Change | undefined>;
  /** The first `limit` members of a large conversation, ordered by id. */
  members(conversationId: string, page: { limit: number }): Promise<{ members: Member[] }>;
}

export interface Membership {
  readonly conversationId: string;
  readonly muted: boolean;
  /** Whether the user was put there by somebody whom they didn't know. */
  readonly unasked?: true | undefined;
  /** It counts unless the conversation was opened since (decision 0119). */
  readonly summary?: Summary | undefined;
}

export function memberView({ userId, role, joinedAt }: Member): wire.Member {
  return { userId, role, joinedAt: isoTime(joinedAt) } satisfies Complete<wire.Member>;
}

/** A conversation as one of its members sees it. */
export async function conversationView(
  reader: ConversationReader,
  { conversation, me }: OwnConversation,
  muted: boolean,
): Promise<wire.Conversation> {
  const { id, type, name, avatarMediaId, memberCount, createdAt } = conversation;
  const [members, page] = await Promise.all([listed(reader, conversation), latest(reader, { conversation, me })]);
  const [lastMessage = null] = await messagesFor(reader, me.userId, page.messages);
  const current = pastOwn({ conversation, me }, page.messages);
  return {
    id,
    type,
    name,
    avatarUrl: avatarMediaId === undefined ? null : reader.avatarUrl(avatarMediaId),
    history: conversation.history,
    members: members.map(memberView),
    memberCount,
    epoch: reader.epoch,
    lastSeq: conversation.seq,
    readSeq: current.me.readSeq,
    unread: await unreadOf(reader, current, page.voids),
    lastMessage,
    muted,
    createdAt: isoTime(createdAt),
  } satisfies Complete<wire.Conversation>;
}

async function listed(reader: ConversationReader, conversation: Conversation): Promise<Member[]> {
  if (!conversation.large) return [...conversation.members.values()];
  return (await reader.members(conversation.id, { limit: limits.listedMembers })).members;
}

/** The newest message that a member can see, and the voids that were found in its place. */
async function latest(
  reader: ConversationReader,
  { conversation, me }: OwnConversation,
): Promise<{ messages: readonly MessageChange[]; voids: readonly number[] }> {
  const { id, lastMessageSeq, lastMessageUpdatedSeq } = conversation;
  const first = floorOf(conversation, me) + 1;
  if (lastMessageSeq < first) return { messages: [], voids: [] };
  const seen = await reader.glance(id, lastMessageSeq);
  if (seen?.type === 'message' && seen.updatedSeq === lastMessageUpdatedSeq) return { messages: [seen], voids: [] };
  return readMessages(reader, id, { first, last: lastMessageSeq, limit: 1, from: 'newest' });
}

export type Activity = Pick<Conversation, 'lastActivityAt' | 'id'>;

/** Compares by the latest activity first. The id decides between equal times, so that the order is total and cursors are exact. */
export function byActivity(a: Activity, b: Activity): number {
  return b.lastActivityAt - a.lastActivityAt || b.id.localeCompare(a.id);
}
