import type { Conversation, Member } from '#core/conversations/conversation.ts';
import type { Members, MembersQuery } from '#protocol/conversations.ts';
import { memberView } from './conversation-view.ts';

export interface MemberReader {
  /** One page of a large conversation's members, ordered by id. */
  members(
    conversationId: string,
    page: { limit: number; after?: string | undefined },
  ): Promise<{ members: Member[]; next: string | undefined }>;
}

/** One page of a conversation's members. The cursor is the id of the last one. */
export async function membersPage(
  reader: MemberReader,
  conversation: Conversation,
  { limit, cursor }: MembersQuery,
): Promise<Members> {
  const page = conversation.large
    ? await reader.members(conversation.id, { limit, after: cursor })
    : pageOf([...conversation.members.values()], limit, cursor);
  return { members: page.members.map(memberView), nextCursor: page.next ?? null };
}

function pageOf(members: readonly Member[], limit: number, after = '') {
  const rest = members.filter(({ userId }) => userId > after);
  return { members: rest.slice(0, limit), next: rest.length > limit ? rest[limit - 1]?.userId : undefined };
}
