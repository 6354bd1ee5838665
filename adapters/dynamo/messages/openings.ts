import { randomInt } from 'node:crypto';
import { type Expression, expression } from '#adapters/dynamo/expression.ts';
import { queryAll, type Table } from '#adapters/dynamo/table.ts';
import type { Conversation } from '#core/conversations/conversation.ts';
import { memberOfItem, receiptMark, summariesMark } from './heads.ts';
import { keys, memberPrefix } from './keys.ts';

/** A value that nothing else has had, for what is compared to see whether it is still the same. It takes 6 bytes. */
export const newVersion = (): number => randomInt(2 ** 32);

/** The condition that `summaries` of a head or a member's item is what it was. */
export function hasSummaries(summaries: number | undefined): Expression {
  return summaries === undefined
    ? expression`attribute_not_exists(${summariesMark})`
    : expression`${summariesMark} = ${summaries}`;
}

/**
 * Makes members look at a conversation again, instead of at their summaries of it (decision 0119). It costs 1 write unit a member, and
 * only if one of them has summarized the conversation since its last change.
 */
export function createOpening(table: Table) {
  async function open(conversationId: string, userIds: readonly string[]): Promise<void> {
    await Promise.all(
      userIds.map((userId) => table.put({ ...keys.opening(userId, conversationId), version: newVersion() })),
    );
  }

  async function memberIds({ id, large, members }: Conversation): Promise<string[]> {
    if (!large) return [...members.keys()];
    const where = expression`pk = ${keys.conversation(id)} AND begins_with(sk, ${memberPrefix})`;
    const items = await queryAll(table, { where, consistent: true });
    return items.flatMap((item) => memberOfItem(item)?.userId ?? []);
  }

  /**
   * Opens the conversation for all members, if one may have a summary of it. The caller then changes the conversation, on the
   * condition that its `summaries` are still those that were loaded: otherwise somebody has summarized it again.
   */
  async function openAll(conversation: Conversation): Promise<void> {
    if (conversation.summaries !== undefined) await open(conversation.id, await memberIds(conversation));
  }

  return {
    /** Opens a conversation for some users. */
    open,

    openAll,

    /** The same as `openAll` for a change that has its number already. A summary from after that number opens it again. */
    async reopen(conversation: Conversation): Promise<void> {
      if (conversation.summaries === undefined) return;
      await openAll(conversation);
      await table.update(keys.head(conversation.id), expression`REMOVE ${summariesMark}, ${receiptMark}`, {
        if: hasSummaries(conversation.summaries),
      });
    },
  };
}
