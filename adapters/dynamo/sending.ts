import type { Conversation, Member } from '../../core/conversations/conversation.ts';
import type { Draft, SendStore } from '../../core/messages/send.ts';
import type { Changes } from './changes.ts';
import type { Conversations } from './conversations.ts';
import { expression, name } from './expression.ts';
import { conversationOf, memberOfItem } from './heads.ts';
import { keys, memberKey, uuidBytes } from './keys.ts';
import type { Table } from './table.ts';

/** Large conversations known to this environment: once large, always large. */
const rememberedLarge = 10_000;

/** The atomic steps of sending on the table of messages. */
export function createSending(table: Table, changes: Changes, conversations: Conversations): SendStore {
  const large = new Set<string>();

  function seen(conversation: Conversation): Conversation {
    if (conversation.large) {
      if (large.size >= rememberedLarge) large.clear();
      large.add(conversation.id);
    }
    return conversation;
  }

  const nextNumber = (now: number) =>
    expression`seq = seq + ${1}, n = n + ${1}, lastMessageSeq = seq + ${1}, lastActivityAt = ${now}`;

  return {
    ...changes,

    knownLarge: (conversationId) => large.has(conversationId),

    async load(conversationId, userId) {
      const loaded = await conversations.load(conversationId, [userId]);
      return loaded && seen(loaded);
    },

    async accept({ conversationId, senderId, clientId }, now) {
      const me = expression`m.${name(memberKey(senderId))}`;
      const id = uuidBytes(clientId);
      const written = await table.update(
        keys.head(conversationId),
        expression`SET ${me}.i = ${id}, ${me}.s = seq + ${1}, ${me}.q = seq + ${1}, ${me}.r = n + ${1}, ${nextNumber(now)}`,
        { if: expression`attribute_exists(${me}) AND (attribute_not_exists(${me}.i) OR ${me}.i < ${id})` },
      );
      if (written.done) return { accepted: conversationOf(written.item) };
      return { refused: written.item && seen(conversationOf(written.item)) };
    },

    async number(conversationId, now) {
      const written = await table.update(keys.head(conversationId), expression`SET ${nextNumber(now)}`, {
        if: expression`attribute_exists(pk)`,
      });
      return conversationOf(written.item ?? {});
    },

    async commit({ conversationId, senderId, clientId }, { seq, n }) {
      const id = uuidBytes(clientId);
      const key = keys.member(conversationId, senderId);
      const mark = expression`i = ${id}, s = ${seq}`;
      const above = expression`attribute_exists(o) AND (attribute_not_exists(i) OR i < ${id})`;
      let written = await table.update(key, expression`SET ${mark}, q = ${seq}, r = ${n}`, {
        if: expression`${above} AND q < ${seq}`,
      });
      // The read pointer may be further already, by a later message of the same sender; it never goes back.
      if (!written.done && isBelow(written.item && memberOfItem(written.item), clientId))
        written = await table.update(key, expression`SET ${mark}`, { if: above });
      if (written.done) return 'committed';
      const member = written.item && memberOfItem(written.item);
      // The SDK tried again after an answer that got lost.
      const ours = member?.mark?.id === clientId && member.mark.seq === seq;
      return ours ? 'committed' : { refused: member };
    },

    async acceptNext(draft, conversation, now) {
      return conversation.large ? acceptNextLarge(draft, conversation, now) : acceptNextSmall(draft, conversation, now);
    },
  };

  // Whatever moves a mark or a membership also moves seq, so both are as they were loaded.
  async function acceptNextSmall(draft: Draft, conversation: Conversation, now: number) {
    const { senderId, clientId } = draft;
    const me = expression`m.${name(memberKey(senderId))}`;
    const mark = isBelow(conversation.members.get(senderId), clientId)
      ? expression`${me}.i = ${uuidBytes(clientId)}, ${me}.s = seq + ${1}, `
      : expression``;
    const written = await table.update(
      keys.head(conversation.id),
      expression`SET ${mark}${me}.q = seq + ${1}, ${me}.r = n + ${1}, ${nextNumber(now)}`,
      { if: expression`seq = ${conversation.seq} AND attribute_exists(${me})` },
    );
    return written.done ? conversationOf(written.item) : undefined;
  }

  // The pointer moves before the message can be there, or the sender could see their own message as unread.
  async function acceptNextLarge({ senderId }: Draft, conversation: Conversation, now: number) {
    const written = await table.update(keys.head(conversation.id), expression`SET ${nextNumber(now)}`, {
      if: expression`seq = ${conversation.seq}`,
    });
    if (!written.done) return undefined;
    const next = conversationOf(written.item);
    await table.update(keys.member(next.id, senderId), expression`SET q = ${next.seq}, r = ${next.n}`, {
      if: expression`attribute_exists(o) AND q < ${next.seq}`,
    });
    return next;
  }
}

function isBelow(member: Member | undefined, clientId: string): boolean {
  return member !== undefined && (member.mark === undefined || member.mark.id < clientId);
}
