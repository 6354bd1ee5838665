import { type Expression, expression, name } from '#adapters/dynamo/expression.ts';
import type { StreamRecord } from '#adapters/dynamo/stream-record.ts';
import type { Item, Table } from '#adapters/dynamo/table.ts';
import type { Conversation, Member } from '#core/conversations/conversation.ts';
import { LruMap } from '#core/lru-map.ts';
import { type PointerMove, receivedSeq } from '#core/messages/receipts.ts';
import type { Changes } from './changes.ts';
import { conversationOf, memberOfItem, receiptMark } from './heads.ts';
import { keys, memberKey } from './keys.ts';
import { createOpening, hasSummaries } from './openings.ts';

/** How many large conversations an environment remembers. A conversation that is large stays large. */
const rememberedLarge = 10_000;

/** A pointer and how far it moves. */
interface Step {
  readonly set: Expression;
  readonly if: Expression;
  readonly done: (member: Member) => boolean;
  /** Whether summaries have the pointer. */
  readonly isSummarized: boolean;
  /** Takes the newest change, which is known after a try in the head. */
  readonly limit: (newest: Reached) => unknown;
}

/** A change that a pointer reaches. */
type Reached = Pick<Conversation, 'seq' | 'n'>;

type Move = 'moved' | 'no_conversation' | 'no_member';

/**
 * Moves members' pointers of what they have received and read. A pointer only moves forward, even if calls race, and not beyond the
 * newest change, for which `reached` finds the newest change up to a `seq`. `moved` also means that it was as far already. A move
 * costs 1 write unit, and another one if the conversation is large and this environment doesn't know it yet; a read pointer costs 1 more
 * and half a read unit where newer changes follow, half a read unit in a large conversation, and 2 write units more if the member may have a
 * summary with it (decision 0119), of which one is the opening, also where the pointer was as far already.
 */
export function createPointers(table: Table, reached: Changes['reached']) {
  const large = new LruMap<string, true>(rememberedLarge);
  const { open } = createOpening(table);

  async function move(
    conversationId: string,
    userId: string,
    stepOf: (path: Expression, isLarge: boolean) => Step,
  ): Promise<Move> {
    // A summary is outdated before the pointer moves, and another summary in between lets the move be tried again.
    for (let summaries: number | undefined; ; ) {
      if (summaries !== undefined) await open(conversationId, [userId]);
      const isLarge = large.get(conversationId) === true;
      const path = isLarge ? expression`` : expression`m.${name(memberKey(userId))}.`;
      const step = stepOf(path, isLarge);
      const same = step.isSummarized ? expression` AND ${hasSummaries(summaries)}` : expression``;
      const written = await table.update(
        isLarge ? keys.member(conversationId, userId) : keys.head(conversationId),
        step.set,
        { if: expression`attribute_exists(${path}o) AND ${step.if}${same}` },
      );
      if (written.done) return 'moved';
      if (!isLarge && !written.item) return 'no_conversation';
      const conversation = isLarge ? undefined : written.item && conversationOf(written.item);
      if (conversation) await step.limit(conversation);
      if (conversation?.large) {
        large.set(conversationId, true);
        summaries = undefined;
        continue;
      }
      const member = conversation ? conversation.members.get(userId) : written.item && memberOfItem(written.item);
      if (!member) return 'no_member';
      if (step.done(member)) {
        // In a small conversation a send moves its sender's pointer before it opens, and it may have died in between.
        if (step.isSummarized && conversation?.summaries !== undefined) await open(conversationId, [userId]);
        return 'moved';
      }
      if (step.isSummarized) ({ summaries } = conversation ?? member);
    }
  }

  return {
    async moveRead(conversationId: string, userId: string, upTo: number): Promise<Move> {
      const find = async (): Promise<Reached> => (await reached(conversationId, upTo)) ?? { seq: 0, n: 0 };
      // What is read is mostly the newest change of a small conversation, whose head has the `n` of it.
      let to = large.get(conversationId) ? await find() : undefined;
      return move(conversationId, userId, (path) => ({
        set: expression`SET ${path}q = ${to?.seq ?? upTo}, ${path}r = ${to?.n ?? name('n')}, ${receiptMark} = ${1}`,
        if: to ? expression`${path}q < ${to.seq}` : expression`seq = ${upTo} AND ${path}q < ${upTo}`,
        done: ({ readSeq }) => readSeq >= (to?.seq ?? upTo),
        isSummarized: true,
        limit: async ({ seq, n }) => {
          to ??= seq <= upTo ? { seq, n } : await find();
        },
      }));
    },

    async moveDelivered(conversationId: string, userId: string, upTo: number, visible: boolean): Promise<Move> {
      // The head of a small conversation has the newest number itself.
      let seq = large.get(conversationId) ? ((await reached(conversationId, upTo))?.seq ?? 0) : upTo;
      return move(conversationId, userId, (path, isLarge) => {
        const tried = seq;
        const [d, h] = [expression`${path}d`, expression`${path}h`];
        const isBefore = (pointer: Expression) =>
          expression`(attribute_not_exists(${pointer}) OR ${pointer} < ${tried})`;
        // What a visible client has received needs no second pointer.
        const moves = visible ? isBefore(d) : expression`${isBefore(d)} AND ${isBefore(h)}`;
        return {
          set: expression`SET ${visible ? d : h} = ${tried}, ${receiptMark} = ${1}`,
          if: isLarge ? moves : expression`${name('seq')} >= ${tried} AND ${moves}`,
          done: () => tried === seq,
          isSummarized: false,
          limit: (newest) => {
            seq = Math.min(seq, newest.seq);
          },
        };
      });
    },
  };
}

/** Whether the write of a stream record was a receipt. */
export function isReceipt({ after }: StreamRecord): boolean {
  return after?.[receiptMark.text] !== undefined;
}

/**
 * The members whose pointers some writes of one conversation moved, each with the pointers before the first and after the last
 * move.
 */
export function movesIn(records: readonly StreamRecord[]): PointerMove[] {
  const moves = new Map<string, PointerMove>();
  for (const { sk, before, after, at } of records) {
    const earlier = membersIn(sk, before);
    for (const [userId, now] of membersIn(sk, after)) {
      const was = earlier.get(userId);
      if (was && (was.readSeq !== now.readSeq || receivedSeq(was) !== receivedSeq(now)))
        moves.set(userId, { before: moves.get(userId)?.before ?? was, after: now, at });
    }
  }
  return [...moves.values()];
}

/** The members in a head, or the one in a member's own item, by user id. */
function membersIn(sk: string, item: Item | undefined): ReadonlyMap<string, Member> {
  if (!item) return new Map();
  if (sk === keys.head('')['sk']) return conversationOf(item).members;
  const member = memberOfItem(item);
  return new Map(member && [[member.userId, member]]);
}
