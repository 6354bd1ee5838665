import { setTimeout as sleep } from 'node:timers/promises';
import type { Conversation } from '#core/conversations/conversation.ts';
import type { Recipient } from '#core/delivery/ports.ts';
import { LruMap } from '#core/lru-map.ts';
import type { Conversations } from './conversations.ts';

interface Known {
  readonly revision: number;
  readonly members: readonly Recipient[];
}

/** Member lists of large conversations kept by one environment (10 000 members are about 1 MB). */
const remembered = 20;

/** Waits, in ms, for a change of the membership that is half to be seen. */
const waits = [10, 20, 40, 80, 160];

/** The members of conversations as recipients. Those of a large one are read again only when its membership has changed. */
export function createRecipients(conversations: Conversations) {
  const known = new LruMap<string, Known>(remembered);

  /**
   * A transaction's items may become visible one after the other, and pages are read one after the other: a list is of a
   * revision, and may be kept, if it is as long as the head of that revision says.
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
