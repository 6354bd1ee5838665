import { setTimeout as sleep } from 'node:timers/promises';
import type { Conversation } from '#core/conversations/conversation.ts';
import type { Recipient } from '#core/delivery/ports.ts';
import { LruMap } from '#core/lru-map.ts';
import type { Conversations } from './conversations.ts';

interface Known {
  readonly revision: number;
  readonly members: readonly Recipient[];
}

/** How many large conversations an environment remembers the members of. 10 000 members take about 1 MB. */
const remembered = 20;

/** The waits, in ms, while a change of the membership is only partly visible. */
const waits = [10, 20, 40, 80, 160];

/** Lists the members of conversations. The members of a large one are cached, and read again when its `revision` has changed. */
export function createRecipients(conversations: Conversations) {
  const known = new LruMap<string, Known>(remembered);

  /**
   * The items of a transaction may become visible one after the other, and the list is read page by page. So a list is only known
   * to be that of a revision, and cached, if it has as many members as the head of that revision says.
   */
  async function membersOf(given: Conversation): Promise<Known['members']> {
    const { id } = given;
    let { revision, memberCount } = given;
    for (const wait of [...waits, 0]) {
      const hit = known.get(id);
      const members = hit?.revision === revision ? hit.members : await conversations.allMembers(id);
      if (members.length === memberCount) {
        known.set(id, { revision, members: members.map(({ userId, joinedSeq }) => ({ userId, joinedSeq })) });
        return members;
      }
      if (wait === 0) return members;
      await sleep(wait);
      ({ revision, memberCount } = (await conversations.load(id, [])) ?? given);
    }
    return [];
  }

  /** All members, at least as new as the conversation is given. */
  return async (conversation: Conversation): Promise<readonly Recipient[]> =>
    conversation.large ? membersOf(conversation) : [...conversation.members.values()];
}
