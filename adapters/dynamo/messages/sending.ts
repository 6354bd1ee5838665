import * as z from 'zod/mini';
import { type Expression, expression, name } from '#adapters/dynamo/expression.ts';
import type { Table } from '#adapters/dynamo/table.ts';
import { takeFrom, waitMs } from '#adapters/dynamo/token-bucket.ts';
import type { Conversation, Member } from '#core/conversations/conversation.ts';
import { LruMap } from '#core/lru-map.ts';
import type { Draft } from '#core/messages/draft.ts';
import type { Numbered, SendStore } from '#core/messages/send.ts';
import type { Rate } from '#core/rate-limits/token-bucket.ts';
import { absent, type Changes } from './changes.ts';
import type { Conversations } from './conversations.ts';
import { conversationOf, lastMessageMark, memberOfItem, receiptMark, summariesMark } from './heads.ts';
import { keys, memberKey, uuidBytes } from './keys.ts';
import { createOpening, hasSummaries } from './openings.ts';

/** How many large conversations an environment remembers. A conversation that is large stays large. */
const rememberedLarge = 10_000;

/** How many token buckets an environment remembers. It takes a bucket that it doesn't know for full, as most of them are. */
const rememberedTokenBuckets = 10_000;

/** The atomic steps of sending (`SendStore`) on the table Messages. `rate` limits each sender in each conversation. */
export function createSending(table: Table, changes: Changes, conversations: Conversations, rate: Rate): SendStore {
  const large = new LruMap<string, true>(rememberedLarge);
  const tokenBuckets = new LruMap<string, number>(rememberedTokenBuckets);
  const { open, reopen } = createOpening(table);

  function seen(conversation: Conversation): Conversation {
    if (conversation.large) large.set(conversation.id, true);
    return conversation;
  }

  /** Gives the next number to a message. It has to be the last part of an update, because it ends with a REMOVE clause. */
  const nextNumber = (now: number) =>
    expression`seq = seq + ${1}, n = n + ${1}, lastMessageSeq = seq + ${1}, lastActivityAt = ${now} REMOVE ${receiptMark}, ${lastMessageMark}`;

  return {
    ...changes,

    knownLarge: (conversationId) => large.get(conversationId) === true,

    async load(conversationId, userIds) {
      const loaded = await conversations.load(conversationId, userIds);
      return loaded && seen(loaded);
    },

    waitMs: ({ fullAt }, now) => waitMs(rate, fullAt, now),

    async accept({ conversationId, senderId, clientId, after = 0 }, now) {
      const me = expression`m.${name(memberKey(senderId))}`;
      const id = uuidBytes(clientId);
      const known = after > 0 ? expression` AND seq >= ${after}` : expression``;
      const tokenBucketKey = `${conversationId} ${senderId}`;
      for (let fullAt = tokenBuckets.get(tokenBucketKey); ; ) {
        const { set, guessed, enough } = takeFrom(expression`${me}.b`, { rate, now, fullAt });
        const written = await table.update(
          keys.head(conversationId),
          expression`SET ${me}.i = ${id}, ${me}.s = seq + ${1}, ${me}.q = seq + ${1}, ${me}.r = n + ${1}, ${set}, ${nextNumber(now)}`,
          {
            if: expression`${mayWrite(me)} AND (attribute_not_exists(${me}.i) OR ${me}.i < ${id}) AND ${guessed} AND ${enough}${known}`,
          },
        );
        const conversation = written.item && conversationOf(written.item);
        const member = conversation?.members.get(senderId);
        tokenBuckets.set(tokenBucketKey, member?.fullAt ?? 0);
        if (written.done && conversation) return { accepted: conversation };
        const wrongGuess = !member?.blocked && isBelow(member, clientId) && waitMs(rate, member?.fullAt, now) === 0;
        if (!wrongGuess || after > (conversation?.seq ?? 0)) return { refused: conversation && seen(conversation) };
        fullAt = member?.fullAt;
      }
    },

    number: giveNumber,

    reopen,

    async commit({ conversationId, clientId }, member, at, now) {
      const refused = await settle(conversationId, member, at, now, clientId);
      if (!refused) return 'committed';
      // The update can be refused because the client sent it twice: the first one was done, but its response got lost.
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

  // The read pointer has to move before the message is stored. Otherwise the sender could see their own message as unread.
  async function acceptOldLarge({ senderId }: Draft, { id, members }: Conversation, now: number) {
    const member = members.get(senderId);
    if (!member) return undefined;
    const next = await giveNumber(id, now);
    if (!(await settle(id, member, next, now))) return next;
    // The sender isn't a member any more. Nobody else will use the number, so it is sealed.
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
   * Updates the sender's item in a large conversation after their message got a number. If `clientId` is given, it becomes their
   * mark. Returns undefined if that is done. If the sender isn't a member, or their mark isn't below `clientId`, nothing is
   * written, and `member` is what is stored. The read pointer doesn't move back if a later message has already moved it further.
   * The token bucket is charged even beyond its burst, because the number is already used.
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
    for (let { readSeq, fullAt, summaries } = member; ; ) {
      const taking = takeFrom(expression`b`, { rate, now, fullAt });
      const moves = readSeq < seq;
      // As in `createPointers`, a summary with the pointer is outdated before the pointer moves.
      if (summaries !== undefined) await open(conversationId, [member.userId]);
      const pointer = moves ? expression`, q = ${seq}, r = ${n}` : expression``;
      const below = moves ? expression` AND q < ${seq}` : expression``;
      const written = await table.update(
        keys.member(conversationId, member.userId),
        expression`SET ${mark}${taking.set}${pointer} REMOVE ${receiptMark}, ${summariesMark}`,
        { if: expression`attribute_exists(o) AND ${hasSummaries(summaries)} AND ${taking.guessed}${above}${below}` },
      );
      if (written.done) return undefined;
      const there = written.item && memberOfItem(written.item);
      if (!there || (clientId !== undefined && !isBelow(there, clientId))) return { member: there };
      ({ readSeq, fullAt, summaries } = there);
    }
  }
}

const StoredClaim = z.object({ seq: z.number() });

/**
 * How long a claim is kept. It is needed while copies of the same request are still running, which may have searched for the
 * message before it was stored. A function ends long before this.
 */
const claimSeconds = 24 * 3600;

/** The condition that somebody is a member, and isn't blocked by the other one of a direct conversation. */
function mayWrite(me: Expression): Expression {
  return expression`attribute_exists(${me}) AND attribute_not_exists(${me}.x)`;
}

function isBelow(member: Member | undefined, clientId: string): boolean {
  return member !== undefined && (member.mark === undefined || member.mark.id < clientId);
}
