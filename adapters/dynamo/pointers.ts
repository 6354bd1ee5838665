import type { Member } from '../../core/conversations/conversation.ts';
import type { PointerMove } from '../../core/messages/receipts.ts';
import { type Expression, expression, name } from './expression.ts';
import { conversationOf, memberOfItem, receiptMark } from './heads.ts';
import { keys, memberKey } from './keys.ts';
import type { StreamRecord } from './stream.ts';
import type { Item, Table } from './table.ts';

/** How far members have received and read. Pointers only go forward, however calls race. 1 write unit each. */
export function createPointers(table: Table) {
  async function move(
    conversationId: string,
    userId: string,
    update: (path: Expression) => { set: Expression; if: Expression },
  ): Promise<'moved' | 'no_conversation' | 'no_member'> {
    const path = expression`m.${name(memberKey(userId))}.`;
    const small = update(path);
    const head = await table.update(keys.head(conversationId), small.set, {
      if: expression`attribute_exists(${path}o) AND ${small.if}`,
    });
    if (!head.item) return 'no_conversation';
    const conversation = conversationOf(head.item);
    if (!conversation.large) return conversation.members.has(userId) ? 'moved' : 'no_member';
    const large = update(expression``);
    const own = await table.update(keys.member(conversationId, userId), large.set, {
      if: expression`attribute_exists(o) AND ${large.if}`,
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

/** Whether the write was a receipt. */
export function isReceipt({ after }: StreamRecord): boolean {
  return after?.[receiptMark.text] !== undefined;
}

/** Whose pointers some writes of one conversation have moved, in all. */
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

/** The members in a head or in a member's own item. */
function membersIn(sk: string, item: Item | undefined): ReadonlyMap<string, Member> {
  if (!item) return new Map();
  if (sk === keys.head('')['sk']) return conversationOf(item).members;
  const member = memberOfItem(item);
  return new Map(member && [[member.userId, member]]);
}
