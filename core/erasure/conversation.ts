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
  /** Takes the text out of what stands at a `seq`, without a change of its own; again, it does nothing. */
  empty(change: MessageChange | EditedChange, at: number): Promise<void>;
  /** Takes away a segment of the search index, whose changes are all there; its words are those of before. */
  forgetWords(conversationId: string, segment: number): Promise<void>;
  apply(conversation: Conversation, plan: Plan, now: number): Promise<boolean>;
}

export interface Erasing {
  readonly conversationId: string;
  readonly userId: string;
  /** When they deleted their account, in ms since 1970. */
  readonly at: number;
  /** The changes up to this `seq` have been seen to. */
  readonly seenTo: number;
}

/** What was done: all, with the changes to tell of; or a part, and up to where. */
export type Erased = { readonly changes: Plan['changes'] } | { readonly seenTo: number };

/** Changes looked at at once, and written at once. */
const pageSize = 200;
const writesAtOnce = 25;

/** Waits, in ms, before a person is taken out again of a conversation in which someone wrote meanwhile. */
const backoff = { first: 10, longest: 1_000 };

/**
 * Empties a person's messages in a conversation, and then, with one change that says so, takes them out. That change is written
 * on the condition that nothing came after what was seen to, so whoever has it finds no text of theirs before it. Dying
 * anywhere and starting again comes to the same.
 */
export async function eraseFrom(
  store: ErasingStore,
  { conversationId, userId, at, ...start }: Erasing,
  hasTime: () => boolean,
  waits?: Patience,
): Promise<Erased | undefined> {
  // Segments with words of theirs; that of the last change seen may have been incomplete then.
  const segments = new Set(start.seenTo > 0 ? [segmentOf(start.seenTo)] : []);
  for (let { seenTo } = start, tries = 1; ; tries++) {
    const conversation = await store.load(conversationId, [userId]);
    if (!conversation) return undefined;
    while (seenTo < conversation.seq) {
      if (!hasTime()) return { seenTo };
      const last = Math.min(seenTo + pageSize, conversation.seq);
      // Without holes: a message of theirs that is on its way is waited for, or sealed.
      const changes = await readAll(store, conversationId, seenTo + 1, last, waits);
      const theirs = changes.filter(isTextOf(userId));
      for (const some of chunk(theirs, writesAtOnce)) await Promise.all(some.map((change) => store.empty(change, at)));
      // Also of those that are empty already: whoever emptied them may have died before coming here.
      for (const change of changes)
        if (change.type === 'message' && change.senderId === userId) segments.add(segmentOf(change.seq));
      await forgetWords(conversation.seq);
      seenTo = last;
    }
    await forgetWords(conversation.seq);
    const plan = planErasing(conversation, userId, at, await heirIn(store, conversation, userId));
    // No activity: lists don't jump for it.
    if (await store.apply(conversation, plan, conversation.lastActivityAt)) return { changes: plan.changes };
    if (!hasTime()) return { seenTo };
    await store.sleep(fullJitter(store.random, backoff, tries));
  }

  /** One that gets complete later is built from what is emptied by then. */
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

/** Messages that aren't deleted yet, and the earlier texts that edits keep. */
function isTextOf(userId: string) {
  return (change: Change): change is MessageChange | EditedChange =>
    change.type === 'message'
      ? change.senderId === userId && change.deletedAt === undefined
      : change.type === 'edited' && change.by === userId && change.before !== undefined;
}
