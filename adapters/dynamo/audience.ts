import { type Conversation, floorOf } from '../../core/conversations/conversation.ts';
import type { Conversations } from './conversations.ts';

interface Known {
  readonly revision: number;
  readonly members: readonly { userId: string; joinedSeq: number }[];
}

/** Member lists of large conversations kept by one environment (10 000 members are about 1 MB). */
const remembered = 20;

/** Whom a conversation's changes are for. A large one's members are read again only when its membership has changed. */
export function createAudience(conversations: Conversations) {
  const known = new Map<string, Known>();

  async function membersOf({ id, revision }: Conversation): Promise<Known['members']> {
    const hit = known.get(id);
    known.delete(id);
    const members = hit?.revision === revision ? hit.members : await conversations.allMembers(id);
    // Last used, last thrown out.
    known.set(id, { revision, members });
    for (const [oldest] of known) if (known.size > remembered) known.delete(oldest);
    return members;
  }

  /** Those who see the change at `seq`; the conversation is as of then. */
  return async (conversation: Conversation, seq: number): Promise<string[]> => {
    const members = conversation.large ? await membersOf(conversation) : [...conversation.members.values()];
    return members.filter((member) => floorOf(conversation, member) < seq).map(({ userId }) => userId);
  };
}
