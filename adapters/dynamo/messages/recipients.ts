import { setTimeout as sleep } from 'node:timers/promises';
import type { Conversation } from '#core/conversations/conversation.ts';
import type { Recipient } from '#core/delivery/ports.ts';
import { LruMap } from '#core/lru-map.ts';
import type { Changes } from './changes.ts';
import type { Conversations } from './conversations.ts';

/** The members as of a `seq` and a `revision`. They also hold for a later `seq` of the same `revision`. */
interface Known {
  readonly seq: number;
  readonly revision: number;
  readonly members: ReadonlyMap<string, Recipient>;
}

/** How many large conversations an environment remembers the members of. 10 000 members take about 1 MB. */
const remembered = 20;

/** How many members can be read for what a change costs, with room for long messages. */
const membersAChange = 4;

/** The waits, in ms, while a change of the membership is only partly visible. */
const waits = [10, 20, 40, 80, 160];

/**
 * Lists the members of conversations. Those of a large one are remembered. When its `revision` has changed, the changes since then
 * tell who came and went: unless there are many, it costs what they cost, and not what all members do.
 */
export function createRecipients(
  conversations: Pick<Conversations, 'load' | 'allMembers'>,
  changes: Pick<Changes, 'range'>,
) {
  const known = new LruMap<string, Known>(remembered);

  /**
   * The items of a transaction may become visible one after the other, and the list is read page by page. So a list is only known
   * to be that of a revision, and remembered, if it has as many members as the head of that revision says.
   */
  async function membersOf(given: Conversation): Promise<Known['members']> {
    const { id } = given;
    const hit = known.get(id);
    const isCurrent = hit !== undefined && (hit.revision === given.revision || hit.seq >= given.seq);
    if (isCurrent) {
      if (hit.seq < given.seq) known.set(id, { ...hit, seq: given.seq });
      return hit.members;
    }
    let members = hit && (await updated(id, hit, given.seq));
    for (let { seq, revision, memberCount } = given, tries = 0; ; tries++) {
      members ??= await all(id);
      if (members.size === memberCount) known.set(id, { seq, revision, members });
      const wait = waits[tries];
      if (members.size === memberCount || wait === undefined) return members;
      await sleep(wait);
      ({ seq, revision, memberCount } = (await conversations.load(id, [])) ?? given);
      members = undefined;
    }
  }

  async function all(id: string): Promise<Known['members']> {
    const members = await conversations.allMembers(id);
    return new Map(members.map(({ userId, joinedSeq }) => [userId, { userId, joinedSeq }]));
  }

  /** What was remembered, with the changes since then. Undefined if these are many, or of a newer version. */
  async function updated(id: string, hit: Known, seq: number): Promise<Known['members'] | undefined> {
    if (seq - hit.seq > hit.members.size / membersAChange) return undefined;
    const since = await changes.range(id, hit.seq + 1, seq);
    if (since.some(({ type }) => type === 'unknown')) return undefined;
    const moved = since.flatMap((change) =>
      change.type === 'member' && change.change !== 'role' ? change.userId : [],
    );
    const present = (await conversations.load(id, moved))?.members;
    const members = new Map(hit.members);
    for (const userId of moved) {
      const member = present?.get(userId);
      if (member) members.set(userId, { userId, joinedSeq: member.joinedSeq });
      else members.delete(userId);
    }
    return members;
  }

  /** All members, at least as new as the conversation is given. */
  return async (conversation: Conversation): Promise<readonly Recipient[]> => [
    ...(conversation.large ? await membersOf(conversation) : conversation.members).values(),
  ];
}
