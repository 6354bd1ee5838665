import { type Expression, expression, name } from '#adapters/dynamo/expression.ts';
import type { StreamRecord } from '#adapters/dynamo/stream-record.ts';
import type { Item, Table } from '#adapters/dynamo/table.ts';
import type { Member } from '#core/conversations/conversation.ts';
import { LruMap } from '#core/lru-map.ts';
import type { PointerMove } from '#core/messages/receipts.ts';
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
}

/**
 * Moves members' pointers of what they have received and read. A pointer only moves forward, even if calls race. `moved` also means
 * that it was as far already. A move costs 1 write unit, and another one if the conversation is large and this environment doesn't
 * know it yet; a read pointer costs 2 more if the member may have a summary with it (decision 0119).
 */
export function createPointers(table: Table) {
  const large = new LruMap<string, true>(rememberedLarge);
  const { open } = createOpening(table);

  async function move(
    conversationId: string,
    userId: string,
    stepOf: (path: Expression) => Step,
  ): Promise<'moved' | 'no_conversation' | 'no_member'> {
    // A summary is outdated before the pointer moves, and another summary in between lets the move be tried again.
    for (let summaries: number | undefined; ; ) {
      if (summaries !== undefined) await open(conversationId, [userId]);
      const isLarge = large.get(conversationId) === true;
      const path = isLarge ? expression`` : expression`m.${name(memberKey(userId))}.`;
      const step = stepOf(path);
      const same = step.isSummarized ? expression` AND ${hasSummaries(summaries)}` : expression``;
      const written = await table.update(
        isLarge ? keys.member(conversationId, userId) : keys.head(conversationId),
        step.set,
        { if: expression`attribute_exists(${path}o) AND ${step.if}${same}` },
      );
      if (written.done) return 'moved';
      if (!isLarge && !written.item) return 'no_conversation';
      const conversation = isLarge ? undefined : written.item && conversationOf(written.item);
      if (conversation?.large) {
        large.set(conversationId, true);
        summaries = undefined;
        continue;
      }
      const member = conversation ? conversation.members.get(userId) : written.item && memberOfItem(written.item);
      if (!member) return 'no_member';
      if (step.done(member)) return 'moved';
      if (step.isSummarized) ({ summaries } = conversation ?? member);
    }
  }

  return {
    moveRead: (conversationId: string, userId: string, { seq, n }: { seq: number; n: number }) =>
      move(conversationId, userId, (path) => ({
        set: expression`SET ${path}q = ${seq}, ${path}r = ${n}, ${receiptMark} = ${1}`,
        if: expression`${path}q < ${seq}`,
        done: ({ readSeq }) => readSeq >= seq,
        isSummarized: true,
      })),

    moveDelivered: (conversationId: string, userId: string, seq: number) =>
      move(conversationId, userId, (path) => ({
        set: expression`SET ${path}d = ${seq}, ${receiptMark} = ${1}`,
        if: expression`(attribute_not_exists(${path}d) OR ${path}d < ${seq})`,
        done: () => true,
        isSummarized: false,
      })),
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
  for (const { sk, before, after } of records) {
    const earlier = membersIn(sk, before);
    for (const [userId, now] of membersIn(sk, after)) {
      const was = earlier.get(userId);
      if (was && (was.readSeq !== now.readSeq || was.deliveredSeq !== now.deliveredSeq))
        moves.set(userId, { before: moves.get(userId)?.before ?? was, after: now });
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
