import { type Expression, expression, name } from '#adapters/dynamo/expression.ts';
import type { StreamRecord } from '#adapters/dynamo/stream-record.ts';
import type { Item, Table } from '#adapters/dynamo/table.ts';
import type { Member } from '#core/conversations/conversation.ts';
import { LruMap } from '#core/lru-map.ts';
import type { PointerMove } from '#core/messages/receipts.ts';
import { conversationOf, memberOfItem, receiptMark } from './heads.ts';
import { keys, memberKey } from './keys.ts';

/** How many large conversations an environment remembers. A conversation that is large stays large. */
const rememberedLarge = 10_000;

/**
 * Moves members' pointers of what they have received and read. A pointer only moves forward, even if calls race. `moved` also means
 * that it was as far already. A move costs 1 write unit, and another one if the conversation is large and this environment doesn't
 * know it yet.
 */
export function createPointers(table: Table) {
  const large = new LruMap<string, true>(rememberedLarge);

  async function move(
    conversationId: string,
    userId: string,
    update: (path: Expression) => { set: Expression; if: Expression },
  ): Promise<'moved' | 'no_conversation' | 'no_member'> {
    if (!large.get(conversationId)) {
      const path = expression`m.${name(memberKey(userId))}.`;
      const inHead = update(path);
      const head = await table.update(keys.head(conversationId), inHead.set, {
        if: expression`attribute_exists(${path}o) AND ${inHead.if}`,
      });
      if (!head.item) return 'no_conversation';
      const conversation = conversationOf(head.item);
      if (!conversation.large) return conversation.members.has(userId) ? 'moved' : 'no_member';
      large.set(conversationId, true);
    }
    const inItem = update(expression``);
    const own = await table.update(keys.member(conversationId, userId), inItem.set, {
      if: expression`attribute_exists(o) AND ${inItem.if}`,
    });
    return own.item && memberOfItem(own.item) ? 'moved' : 'no_member';
  }

  return {
    moveRead: (conversationId: string, userId: string, { seq, n }: { seq: number; n: number }) =>
      move(conversationId, userId, (path) => ({
        set: expression`SET ${path}q = ${seq}, ${path}r = ${n}, ${receiptMark} = ${1}`,
        if: expression`${path}q < ${seq}`,
      })),

    moveDelivered: (conversationId: string, userId: string, seq: number) =>
      move(conversationId, userId, (path) => ({
        set: expression`SET ${path}d = ${seq}, ${receiptMark} = ${1}`,
        if: expression`(attribute_not_exists(${path}d) OR ${path}d < ${seq})`,
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
