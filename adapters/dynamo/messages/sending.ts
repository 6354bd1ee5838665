import * as z from 'zod/mini';
import { type Expression, expression, name } from '#adapters/dynamo/expression.ts';
import type { Table } from '#adapters/dynamo/table.ts';
import { takeFrom } from '#adapters/dynamo/token-bucket.ts';
import type { Conversation, Member } from '#core/conversations/conversation.ts';
import { LruMap } from '#core/lru-map.ts';
import type { Draft, Numbered, SendStore } from '#core/messages/send.ts';
import { type Rate, waitMs } from '#core/rate-limits/token-bucket.ts';
import { absent, type Changes } from './changes.ts';
import type { Conversations } from './conversations.ts';
import { conversationOf, memberOfItem, receiptMark } from './heads.ts';
import { keys, memberKey, uuidBytes } from './keys.ts';

/** Large conversations known to this environment: once large, always large. */
const rememberedLarge = 10_000;

/** Token buckets that this environment has seen filling up. One that it doesn't know it takes for full, as most are. */
const rememberedTokenBuckets = 10_000;

/** The atomic steps of sending on the table of messages. `rate` is for one sender in one conversation. */
export function createSending(table: Table, changes: Changes, conversations: Conversations, rate: Rate): SendStore {
  const large = new LruMap<string, true>(rememberedLarge);
  const tokenBuckets = new LruMap<string, number>(rememberedTokenBuckets);

  function seen(conversation: Conversation): Conversation {
    if (conversation.large) large.set(conversation.id, true);
    return conversation;
  }

  /** The last of an update. */
  const nextNumber = (now: number) =>
    expression`seq = seq + ${1}, n = n + ${1}, lastMessageSeq = seq + ${1}, lastActivityAt = ${now} REMOVE ${receiptMark}`;

  return {
    ...changes,

    knownLarge: (conversationId) => large.get(conversationId) === true,

    async load(conversationId, userIds) {
      const loaded = await conversations.load(conversationId, userIds);
      return loaded && seen(loaded);
    },

    waitMs: ({ fullAt }, now) => waitMs(rate, fullAt, now),

    async accept({ conversationId, senderId, clientId }, now) {
      const me = expression`m.${name(memberKey(senderId))}`;
      const id = uuidBytes(clientId);
      const tokenBucketKey = `${conversationId} ${senderId}`;
      for (let fullAt = tokenBuckets.get(tokenBucketKey); ; ) {
        const { set, guessed, enough } = takeFrom(expression`${me}.b`, { rate, now, fullAt });
        const written = await table.update(
          keys.head(conversationId),
          expression`SET ${me}.i = ${id}, ${me}.s = seq + ${1}, ${me}.q = seq + ${1}, ${me}.r = n + ${1}, ${set}, ${nextNumber(now)}`,
          {
            if: expression`${mayWrite(me)} AND (attribute_not_exists(${me}.i) OR ${me}.i < ${id}) AND ${guessed} AND ${enough}`,
          },
        );
        const conversation = written.item && conversationOf(written.item);
        const member = conversation?.members.get(senderId);
        tokenBuckets.set(tokenBucketKey, member?.fullAt ?? 0);
        if (written.done && conversation) return { accepted: conversation };
        const wrongGuess = !member?.blocked && isBelow(member, clientId) && waitMs(rate, member?.fullAt, now) === 0;
        if (!wrongGuess) return { refused: conversation && seen(conversation) };
        fullAt = member?.fullAt;
      }
    },

    number: giveNumber,

    async commit({ conversationId, clientId }, member, at, now) {
      const refused = await settle(conversationId, member, at, now, clientId);
      if (!refused) return 'committed';
      // The SDK tried again after an answer that got lost.
      const ours = refused.member?.mark?.id === clientId && refused.member.mark.seq === at.seq;
      return ours ? 'committed' : { refused: refused.member };
    },

    async acceptOld(draft, conversation, now) {
      return conversation.large ? acceptOldLarge(draft, conversation, now) : acceptOldSmall(draft, conversation, now);
    },

    async claim({ conversationId, senderId, clientId }, seq, verified, now) {
      const written = await table.put(
        { ...keys.claim(conversationId, senderId, clientId), seq, expiresAt: Math.ceil(now / 1000) + claimSeconds },
        { if: expression`${absent} OR seq <= ${verified}` },
      );
      return StoredClaim.parse(written.item).seq;
    },
  };

  async function acceptOldSmall({ senderId }: Draft, conversation: Conversation, now: number) {
    const me = expression`m.${name(memberKey(senderId))}`;
    const fullAt = conversation.members.get(senderId)?.fullAt;
    const { set, guessed, enough } = takeFrom(expression`${me}.b`, { rate, now, fullAt });
    const written = await table.update(
      keys.head(conversation.id),
      expression`SET ${me}.q = seq + ${1}, ${me}.r = n + ${1}, ${set}, ${nextNumber(now)}`,
      { if: expression`${mayWrite(me)} AND ${guessed} AND ${enough}` },
    );
    return written.done ? conversationOf(written.item) : undefined;
  }

  // The pointer moves before the message can be there, or the sender could see their own message as unread.
  async function acceptOldLarge({ senderId }: Draft, { id, members }: Conversation, now: number) {
    const member = members.get(senderId);
    if (!member) return undefined;
    const next = await giveNumber(id, now);
    if (!(await settle(id, member, next, now))) return next;
    // They are no member any more: the number is ours, and nobody will use it.
    await changes.seal(id, next.seq);
    return undefined;
  }

  async function giveNumber(conversationId: string, now: number): Promise<Conversation> {
    const written = await table.update(keys.head(conversationId), expression`SET ${nextNumber(now)}`, {
      if: expression`attribute_exists(pk)`,
    });
    return conversationOf(written.item ?? {});
  }

  /**
   * Large: writes down what a new number of a sender does to their item, with the id as their mark where it is given; answers
   * with the member when they are gone or their mark is not below it. The read pointer may be further already, by a later message of
   * theirs; it never goes back. The number is given, so the token bucket counts it even beyond its burst.
   */
  async function settle(
    conversationId: string,
    member: Member,
    { seq, n }: Numbered,
    now: number,
    clientId?: string,
  ): Promise<{ member: Member | undefined } | undefined> {
    const id = clientId === undefined ? undefined : uuidBytes(clientId);
    const mark = id ? expression`i = ${id}, s = ${seq}, ` : expression``;
    const above = id ? expression` AND (attribute_not_exists(i) OR i < ${id})` : expression``;
    for (let { readSeq, fullAt } = member; ; ) {
      const taking = takeFrom(expression`b`, { rate, now, fullAt });
      const moves = readSeq < seq;
      const pointer = moves ? expression`, q = ${seq}, r = ${n}` : expression``;
      const below = moves ? expression` AND q < ${seq}` : expression``;
      const written = await table.update(
        keys.member(conversationId, member.userId),
        expression`SET ${mark}${taking.set}${pointer} REMOVE ${receiptMark}`,
        { if: expression`attribute_exists(o) AND ${taking.guessed}${above}${below}` },
      );
      if (written.done) return undefined;
      const there = written.item && memberOfItem(written.item);
      if (!there || (clientId !== undefined && !isBelow(there, clientId))) return { member: there };
      ({ readSeq, fullAt } = there);
    }
  }
}

const StoredClaim = z.object({ seq: z.number() });

/** Far longer than a function lives: once no copy is under way any more that has searched before the message was there. */
const claimSeconds = 24 * 3600;

/** A member whom the other of a direct conversation hasn't blocked. */
function mayWrite(me: Expression): Expression {
  return expression`attribute_exists(${me}) AND attribute_not_exists(${me}.x)`;
}

function isBelow(member: Member | undefined, clientId: string): boolean {
  return member !== undefined && (member.mark === undefined || member.mark.id < clientId);
}
