import type { Conversation, Member } from '../../core/conversations/conversation.ts';
import { type Expression, expression, name } from './expression.ts';
import { conversationOf, memberOfItem } from './heads.ts';
import { keys, memberKey } from './keys.ts';
import type { Table } from './table.ts';

export interface Moved {
  /** False where the pointer was as far already. */
  readonly moved: boolean;
  readonly member: Member;
  /** Not known of a large conversation. */
  readonly conversation: Conversation | undefined;
}

/** How far members have received and read. Pointers only go forward, however calls race. 1 write unit each. */
export function createPointers(table: Table) {
  async function move(
    conversationId: string,
    userId: string,
    update: (path: Expression) => { set: Expression; if: Expression },
  ): Promise<Moved | 'no_conversation' | 'no_member'> {
    const path = expression`m.${name(memberKey(userId))}.`;
    const small = update(path);
    const head = await table.update(keys.head(conversationId), small.set, {
      if: expression`attribute_exists(${path}o) AND ${small.if}`,
    });
    if (!head.item) return 'no_conversation';
    const conversation = conversationOf(head.item);
    if (!conversation.large) {
      const member = conversation.members.get(userId);
      return member ? { moved: head.done, member, conversation } : 'no_member';
    }
    const large = update(expression``);
    const own = await table.update(keys.member(conversationId, userId), large.set, {
      if: expression`attribute_exists(o) AND ${large.if}`,
    });
    const member = own.item && memberOfItem(own.item);
    return member ? { moved: own.done, member, conversation: undefined } : 'no_member';
  }

  return {
    moveRead: (conversationId: string, userId: string, { seq, n }: { seq: number; n: number }) =>
      move(conversationId, userId, (path) => ({
        set: expression`SET ${path}q = ${seq}, ${path}r = ${n}`,
        if: expression`${path}q < ${seq}`,
      })),

    moveDelivered: (conversationId: string, userId: string, seq: number) =>
      move(conversationId, userId, (path) => ({
        set: expression`SET ${path}d = ${seq}`,
        if: expression`(attribute_not_exists(${path}d) OR ${path}d < ${seq})`,
      })),
  };
}

export type Pointers = ReturnType<typeof createPointers>;
