import type { ConversationLoader } from '#core/access.ts';
import { fullJitter } from '#core/backoff.ts';
import { chunk } from '#core/chunk.ts';
import type { Change, EditedChange, MessageChange } from '#core/conversations/change.ts';
import type { Conversation, Member } from '#core/conversations/conversation.ts';
import { heirOf, type Plan, planErasing } from '#core/conversations/plan.ts';
import { type Patience, type PatientReader, readAll } from '#core/conversations/read.ts';
import type { Runtime } from '#core/runtime.ts';
import { boundsOf, segmentOf } from '#core/search/segment.ts';

export interface ErasingStore extends ConversationLoader, PatientReader, Pick<Runtime, 'random'> {
  allMembers(conversationId: string): Promise<Member[]>;
  /** Removes the content of a message, or the earlier text of an edit, without adding a change. Repeating it changes nothing. */
  empty(change: MessageChange | EditedChange, at: number): Promise<void>;
  /** Deletes a complete segment of the search index, because it has words from before. */
  forgetWords(conversationId: string, segment: number): Promise<void>;
  apply(conversation: Conversation, plan: Plan, now: number): Promise<boolean>;
}

export interface Erasing {
  readonly conversationId: string;
  readonly userId: string;
  /** When the account was deleted, in ms since 1970. */
  readonly at: number;
  /** The changes up to this `seq` are done. */
  readonly seenTo: number;
}

/** The outcome: the changes to deliver if everything is done, or the `seq` up to which it is done. */
export type Erased = { readonly changes: Plan['changes'] } | { readonly seenTo: number };

/** How many changes are read at once, and how many are written at once. */
const pageSize = 200;
const writesAtOnce = 25;

/** Waits, in ms, before a person is taken out again of a conversation in which someone wrote meanwhile. */
const backoff = { first: 10, longest: 1_000 };

/**
 * Empties a user's messages in a conversation, then adds a change which says that they are erased, and removes them from the
 * members. That change is written on the condition that no other change came after those that were handled. So before it there is
 * no text of the user. The function may be interrupted anywhere and called again. Returns undefined if there is no such
 * conversation.
 */
export async function eraseFrom(
  store: ErasingStore,
  { conversationId, userId, at, ...start }: Erasing,
  hasTime: () => boolean,
  waits?: Patience,
): Promise<Erased | undefined> {
  // The segments with words of the user. The one of the last handled change may not have been complete when it was handled.
  const segments = new Set(start.seenTo > 0 ? [segmentOf(start.seenTo)] : []);
  for (let { seenTo } = start, tries = 1; ; tries++) {
    const conversation = await store.load(conversationId, [userId]);
    if (!conversation) return undefined;
    while (seenTo < conversation.seq) {
      if (!hasTime()) return { seenTo };
      const last = Math.min(seenTo + pageSize, conversation.seq);
      // A message of the user that isn't stored yet is waited for, or sealed.
      const changes = await readAll(store, conversationId, seenTo + 1, last, waits);
      const theirs = changes.filter(isTextOf(userId));
      for (const some of chunk(theirs, writesAtOnce)) await Promise.all(some.map((change) => store.empty(change, at)));
      // This includes messages that are already empty, because an earlier run may have stopped before it deleted their segment.
      for (const change of changes)
        if (change.type === 'message' && change.senderId === userId) segments.add(segmentOf(change.seq));
      await forgetWords(conversation.seq);
      seenTo = last;
    }
    await forgetWords(conversation.seq);
    const plan = planErasing(conversation, userId, at, await heirIn(store, conversation, userId));
    // An erasure isn't activity, so it doesn't move the conversation in lists.
    if (await store.apply(conversation, plan, conversation.lastActivityAt)) return { changes: plan.changes };
    if (!hasTime()) return { seenTo };
    await store.sleep(fullJitter(store.random, backoff, tries));
  }

  /** Deletes the complete ones of these segments. A segment that becomes complete later is built from the emptied messages. */
  async function forgetWords(lastSeq: number): Promise<void> {
    for (const segment of segments) {
      if (boundsOf(segment).last > lastSeq) continue;
      await store.forgetWords(conversationId, segment);
      segments.delete(segment);
    }
  }
}

async function heirIn(store: ErasingStore, { id, large, members }: Conversation, userId: string) {
  if (members.get(userId)?.role !== 'owner') return undefined;
  return heirOf(large ? await store.allMembers(id) : members.values(), userId);
}

/** Selects the user's messages that aren't deleted, and the user's edits that still have the earlier text. */
function isTextOf(userId: string) {
  return (change: Change): change is MessageChange | EditedChange =>
    change.type === 'message'
      ? change.senderId === userId && change.deletedAt === undefined
      : change.type === 'edited' && change.by === userId && change.before !== undefined;
}
